// Tests the fade of encoded MP3 frames. Most tests decode the faded frames and measure the samples.

import { expect, test } from "bun:test";
import { createMp3Encoder, loadLame } from "../../composer/mp3/encoder.ts";
import { findFrameLength, samplesPerFrame } from "../../composer/mp3/frames.ts";
import { decodeMp3 } from "../../testing/sound/decode-mp3.ts";
import { musicAt } from "../../testing/sound/sources.ts";
import { fadeFrame } from "./fade-frame.ts";

const encode = async (left: Float32Array, right: Float32Array): Promise<Uint8Array[]> => {
  const encoder = await createMp3Encoder(await loadLame());
  const all = Buffer.concat([encoder.encode(left, right).bytes, encoder.finish().bytes]);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += frames.at(-1)!.length) {
    frames.push(all.subarray(at, at + findFrameLength(all, at)!));
  }
  return frames;
};

const fadeAll = (frames: readonly Uint8Array[], gainAt: (sample: number) => number): Uint8Array =>
  Buffer.concat(
    frames.map((frame, index) => fadeFrame(frame, (sample) => gainAt(index * samplesPerFrame + sample))),
  );

const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

const [left, right] = musicAt(44_100, 3);
const frames = await encode(left!, right!);
const plain = await decodeMp3(Buffer.concat(frames));

test("a gain of 1 changes no byte", () => {
  expect(
    Buffer.compare(
      fadeAll(frames, () => 1),
      Buffer.concat(frames),
    ),
  ).toBe(0);
});

test("a gain of 0.5 halves the level of both channels", async () => {
  const half = await decodeMp3(fadeAll(frames, () => 0.5));
  for (const side of ["left", "right"] as const) {
    expect(half[side].length).toBe(plain[side].length);
    expect(rms(half[side]) / rms(plain[side])).toBeWithin(0.46, 0.55);
  }
});

test("a gain of 0 makes both channels of the frame silent", async () => {
  const silent = await decodeMp3(fadeAll(frames, () => 0));
  for (const side of ["left", "right"] as const) {
    expect(rms(plain[side])).toBeGreaterThan(0.01);
    expect(rms(silent[side])).toBeLessThan(0.0001);
  }
});

test("a fade of both channels follows its curve without a click", async () => {
  const from = 44_100;
  const length = 2 * 44_100;
  const gainAt = (sample: number): number =>
    sample <= from
      ? 1
      : sample >= from + length
        ? 0
        : (1 + Math.cos((Math.PI * (sample - from)) / length)) / 2;
  const faded = await decodeMp3(fadeAll(frames, gainAt));
  for (const side of ["left", "right"] as const) {
    const wanted = plain[side].map((value, at) => value * gainAt(at));
    const difference = faded[side].map((value, at) => value - wanted[at]!);
    // The gain can only change in steps of 1.5 dB, so small differences from the curve are allowed. A click would be a
    // single sample that differs a lot from its neighbours.
    const loudest = difference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(loudest).toBeLessThan(0.05);
    expect(20 * Math.log10(rms(wanted) / rms(difference))).toBeGreaterThan(28);
    const end = from + 2000;
    expect(jumpOf(faded[side].subarray(end))).toBeLessThan(1.05 * jumpOf(wanted.subarray(end)));
  }
});

/**
 * Returns a number that is large if there is a click: twice the greatest difference between a sample and the mean of
 * its two neighbours.
 */
const jumpOf = (samples: Float32Array): number => {
  let most = 0;
  for (let at = 2; at < samples.length; at++) {
    most = Math.max(most, Math.abs(samples[at]! - 2 * samples[at - 1]! + samples[at - 2]!));
  }
  return most;
};
