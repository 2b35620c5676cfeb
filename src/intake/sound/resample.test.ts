// Tests the conversion of sample rates: a tone stays pure, and a sound that is converted in portions has no clicks.

import { expect, test } from "bun:test";
import { isAppError } from "../../errors.ts";
import { createResampler, outputRate } from "./resample.ts";

const toneAt = (rate: number, hertz: number, seconds: number): Float32Array =>
  Float32Array.from(
    { length: Math.round(rate * seconds) },
    (_, at) => 0.5 * Math.sin((2 * Math.PI * hertz * at) / rate),
  );

const convert = (rate: number, tone: Float32Array, portion = tone.length): Float32Array => {
  const resampler = createResampler(rate);
  const parts: Float32Array[] = [];
  for (let at = 0; at < tone.length; at += portion) {
    const left = tone.subarray(at, at + portion);
    parts.push(resampler.convert({ left, right: left }).left);
  }
  parts.push(resampler.finish().left);
  return Float32Array.from(parts.flatMap((part) => [...part]));
};

/**
 * Compares the sine at the frequency `hertz` with all other content of the samples. Returns the difference of their
 * levels, in dB.
 */
const purityOf = (samples: Float32Array, hertz: number): number => {
  // This part contains whole periods of every tested frequency.
  const middle = samples.subarray(4410, 4410 + 44_100 * Math.floor((samples.length - 8820) / 44_100));
  const angles = Float64Array.from(middle, (_, at) => (2 * Math.PI * hertz * at) / outputRate);
  const part = (wave: (angle: number) => number): number =>
    (2 / middle.length) * middle.reduce((sum, value, at) => sum + value * wave(angles[at]!), 0);
  const sine = part(Math.sin);
  const cosine = part(Math.cos);
  const others = middle.reduce(
    (sum, value, at) => sum + (value - sine * Math.sin(angles[at]!) - cosine * Math.cos(angles[at]!)) ** 2,
    0,
  );
  return 10 * Math.log10((sine ** 2 + cosine ** 2) / 2 / (others / middle.length));
};

test.each([
  [8_000, 1_000],
  [11_025, 3_000],
  [22_050, 8_000],
  [24_000, 1_000],
  [32_000, 13_000],
  [48_000, 1_000],
  [48_000, 10_000],
  [48_000, 18_000],
  [88_200, 18_000],
  [96_000, 1_000],
  [96_000, 18_000],
  [192_000, 10_000],
])("after the conversion from %d Hz, a tone of %d Hz is still a pure tone", (rate, hertz) => {
  const converted = convert(rate, toneAt(rate, hertz, 2));
  expect(purityOf(converted, hertz)).toBeGreaterThan(80);
});

test.each([23_000, 26_000, 40_000])(
  "a tone of %d Hz, which is too high for 44.1 kHz, does not become a lower tone",
  (hertz) => {
    const converted = convert(96_000, toneAt(96_000, hertz, 1)).subarray(4410, 39_690);
    expect(converted.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThan(0.0001);
  },
);

test.each([1, 7, 160, 1000, 4096])(
  "converting portions of %d samples gives the same result as converting all samples together",
  (portion) => {
    const tone = toneAt(48_000, 997, 0.5);
    const whole = convert(48_000, tone);
    expect(convert(48_000, tone, portion)).toEqual(whole);
  },
);

test.each([8_000, 22_050, 32_000, 44_100, 48_000, 96_000])(
  "a sound has the exact length after the conversion from %d Hz",
  (rate) => {
    const converted = convert(rate, toneAt(rate, 500, 1));
    expect(converted.length).toBe(outputRate);
    const wanted = toneAt(outputRate, 500, 1);
    const difference = converted.subarray(2000, 42_000).map((value, at) => value - wanted[at + 2000]!);
    expect(difference.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThan(0.001);
  },
);

test("the sounds of the left and the right channel are not mixed", () => {
  const resampler = createResampler(48_000);
  const { left, right } = resampler.convert({
    left: toneAt(48_000, 500, 2),
    right: toneAt(48_000, 700, 2),
  });
  expect(purityOf(left, 500)).toBeGreaterThan(80);
  expect(purityOf(right, 700)).toBeGreaterThan(80);
});

test.each([0, 1, 3_900, 44_101, 384_100, 4_000_000_000])(
  "a rate of %d Hz is refused with a hint that lists the usual rates",
  (rate) => {
    const failure = (() => {
      try {
        return createResampler(rate);
      } catch (err) {
        return err;
      }
    })();
    expect(isAppError(failure, "GENERATION_FAILED") && failure.hint).toContain("48");
  },
);
