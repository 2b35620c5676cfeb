// Defines second-order filters. A filter replaces the samples of a block with the filtered samples,
// and keeps its state between blocks.

export interface Biquad {
  /** Filters the first `count` samples. */
  run(samples: Float32Array, count: number): void;
}

export interface BiquadCoefficients {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

export const createBiquad = ({ b0, b1, b2, a1, a2 }: BiquadCoefficients): Biquad => {
  let s1 = 0;
  let s2 = 0;
  return {
    run: (samples, count) => {
      let z1 = s1;
      let z2 = s2;
      for (let at = 0; at < count; at++) {
        const input = samples[at]!;
        const output = b0 * input + z1;
        z1 = b1 * input - a1 * output + z2;
        z2 = b2 * input - a2 * output;
        samples[at] = output;
      }
      // Extremely small (denormal) numbers become 0, because they are inaudible, but calculations with them are slow.
      s1 = Math.abs(z1) < 1e-20 ? 0 : z1;
      s2 = Math.abs(z2) < 1e-20 ? 0 : z2;
    },
  };
};

/** The formulas of these three filters are from R. Bristow-Johnson, "Audio EQ Cookbook". */
export const highPass = (hertz: number, sampleRate: number, q = Math.SQRT1_2): BiquadCoefficients => {
  const { cos, alpha, a0 } = prepare(hertz, sampleRate, q);
  const b = (1 + cos) / 2 / a0;
  return { b0: b, b1: -2 * b, b2: b, a1: (-2 * cos) / a0, a2: (1 - alpha) / a0 };
};

export const lowPass = (hertz: number, sampleRate: number, q = Math.SQRT1_2): BiquadCoefficients => {
  const { cos, alpha, a0 } = prepare(hertz, sampleRate, q);
  const b = (1 - cos) / 2 / a0;
  return { b0: b, b1: 2 * b, b2: b, a1: (-2 * cos) / a0, a2: (1 - alpha) / a0 };
};

export const bandPass = (hertz: number, sampleRate: number, q: number): BiquadCoefficients => {
  const { cos, alpha, a0 } = prepare(hertz, sampleRate, q);
  return { b0: alpha / a0, b1: 0, b2: -alpha / a0, a1: (-2 * cos) / a0, a2: (1 - alpha) / a0 };
};

const prepare = (hertz: number, sampleRate: number, q: number) => {
  const angle = (2 * Math.PI * hertz) / sampleRate;
  const alpha = Math.sin(angle) / (2 * q);
  return { cos: Math.cos(angle), alpha, a0: 1 + alpha };
};
