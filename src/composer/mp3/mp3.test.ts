// Checks the MP3 that a player gets: its frames, which the test parses itself, its length, and its Info frame.

import { expect, setDefaultTimeout, test } from "bun:test";
import { createMp3Encoder, loadLame } from "./encoder.ts";
import { id3BytesOf } from "../../library/files/formats/mp3/id3.ts";
import { createFrameScanner } from "../../streams/audio/mp3-frames.ts";
import {
  bytesOfFrames,
  createFrameCutter,
  findFrameLength,
  frameBytesMin,
  framesOf,
  plannedBytesOf,
} from "./frames.ts";
import { createHead } from "./head.ts";

setDefaultTimeout(60_000);
const lame = await loadLame();

/** Makes a quiet chord with some noise, so that the bit reservoir is used. */
const toneOf = (samples: number): Float32Array =>
  Float32Array.from(
    { length: samples },
    (_, at) => 0.2 * Math.sin(at / 17) + 0.1 * Math.sin(at / 5.3) + 0.05 * Math.sin(at * at),
  );

const encode = async (samples: number, block: number): Promise<{ bytes: Uint8Array; frames: number }> => {
  const encoder = await createMp3Encoder(lame);
  const tone = toneOf(samples);
  const parts = [];
  for (let at = 0; at < samples; at += block) {
    const part = tone.subarray(at, at + block);
    parts.push(encoder.encode(part, part));
  }
  parts.push(encoder.finish());
  return {
    bytes: Buffer.concat(parts.map(({ bytes }) => bytes)),
    frames: parts.reduce((sum, { frames }) => sum + frames, 0),
  };
};

/** Lengths in samples. Most of them are just below or above a length at which one more frame is needed. */
const lengths = [0, 1, 2, 46, 47, 48, 575, 576, 577, 1104, 1105, 1106, 1150, 1151]
  .map((beyond) => 10 * 1152 + beyond)
  .concat([22_050, 44_100, 100_001, 441_000]);

test("LAME writes exactly the planned numbers of frames and bytes", async () => {
  for (const samples of lengths) {
    const { bytes, frames } = await encode(samples, 1152);
    expect(frames).toBe(framesOf(samples));
    expect(bytes.length).toBe(bytesOfFrames(frames));
  }
});

test("the bytes don't depend on how the samples are split into blocks", async () => {
  const one = await encode(50_000, 1152);
  const other = await encode(50_000, 4999);
  expect(Buffer.compare(one.bytes, other.bytes)).toBe(0);
});

test("the encoder returns complete frames, one after the other", async () => {
  const { bytes, frames } = await encode(66_150, 1152);
  let at = 0;
  let count = 0;
  while (at < bytes.length) {
    at += findFrameLength(bytes, at) ?? Number.NaN;
    count++;
  }
  expect(at).toBe(bytes.length);
  expect(count).toBe(frames);
});

test("the Info frame has the numbers of frames, bytes and skipped samples", () => {
  const samples = 30 * 44_100;
  const head = createHead(samples);
  const tagBytes = id3BytesOf(head)!;
  const frame = head.subarray(tagBytes);
  const view = new DataView(frame.buffer, frame.byteOffset);
  expect(createFrameScanner().feed(frame)).toMatchObject([{ bytes: frame.length, isInfo: true }]);
  expect(Buffer.from(frame.subarray(36, 40)).toString()).toBe("Info");
  expect(view.getUint32(44)).toBe(framesOf(samples));
  expect(tagBytes + view.getUint32(48)).toBe(plannedBytesOf(samples));
  const [one = 0, two = 0, three = 0] = frame.subarray(177, 180);
  const delay = (one << 4) | (two >> 4);
  const padding = ((two & 15) << 8) | three;
  expect(framesOf(samples) * 1152 - delay - padding).toBe(samples);
});

test("the frame cutter buffers the beginning of a frame until its end arrives", () => {
  const frame = new Uint8Array(frameBytesMin);
  frame.set([0xff, 0xfb, 0x90, 0x64]);
  const cutter = createFrameCutter();
  expect(cutter.push(frame.subarray(0, 100)).frames).toBe(0);
  expect(cutter.waiting).toBe(100);
  const rest = cutter.push(frame.subarray(100));
  expect(rest.frames).toBe(1);
  expect([...rest.bytes]).toEqual([...frame]);
  expect(cutter.waiting).toBe(0);
});
