// Measures the waveform: the minimum and the maximum of the mean of both channels, for every 20 ms.
// The minimum is at most 0, and the maximum is at least 0.

const peaksPerSecond = 50;

export interface PeakMeter {
  add(left: Float32Array, right: Float32Array, count: number): void;
  /**
   * Returns the pairs that were completed after the last call. A pair is a minimum and a maximum, each as a signed
   * 8-bit number, where 127 stands for a sample value of 1. If `withRest` is true, also returns a pair for the samples
   * at the end, which last less than 20 ms.
   */
  take(options?: { readonly withRest: boolean }): Int8Array;
}

export const createPeakMeter = (sampleRate: number): PeakMeter => {
  const window = sampleRate / peaksPerSecond;
  let pairs: number[] = [];
  let low = 0;
  let high = 0;
  let filled = 0;
  const close = (): void => {
    pairs.push(byteOf(low), byteOf(high));
    low = 0;
    high = 0;
    filled = 0;
  };
  return {
    add: (left, right, count) => {
      for (let at = 0; at < count; at++) {
        const value = (left[at]! + right[at]!) / 2;
        if (value < low) low = value;
        if (value > high) high = value;
        if (++filled >= window) close();
      }
    },
    take: ({ withRest } = { withRest: false }) => {
      if (withRest && filled > 0) close();
      const taken = Int8Array.from(pairs);
      pairs = [];
      return taken;
    },
  };
};

/** Limits the value to full scale (-1 to 1), because audio from outside can be louder and would not fit into a byte. */
const byteOf = (value: number): number => Math.round(Math.max(-1, Math.min(1, value)) * 127);
