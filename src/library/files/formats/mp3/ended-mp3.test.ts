import { expect, test } from "bun:test";
import { createHead, createOpenHead } from "../../../../composer/mp3/head.ts";
import { type ByteSource, sourceOf } from "../byte-source.ts";
import { endedMp3, isWithoutLength } from "./ended-mp3.ts";
import { mp3FactsOf } from "./mp3-facts.ts";
import { untagged } from "./untagged.ts";

const bytesOf = async (source: ByteSource) => Buffer.concat(await Array.fromAsync(source.read(0)));

/** Creates silent MP3 frames of 128 kbit/s, 44.1 kHz and stereo. */
const createSilence = (frames: number): Buffer =>
  Buffer.concat(
    Array.from({ length: frames }, () => {
      const frame = Buffer.alloc(417);
      frame.set([0xff, 0xfb, 0x90, 0x64]);
      return frame;
    }),
  );

/** Creates a silent MP3 that starts with the Info frame of `head`, without the ID3 tag. */
const pieceWith = (head: Uint8Array, frames: number) =>
  untagged(sourceOf(new Uint8Array(Buffer.concat([head, createSilence(frames)]))));

test("an MP3 without a declared length gets its length in the Info frame", async () => {
  const piece = await pieceWith(createOpenHead(1105), 100);
  expect(await isWithoutLength(piece)).toBe(true);
  const ended = await endedMp3(piece);
  const [before, after] = [await bytesOf(piece), await bytesOf(ended)];
  expect(after.length).toBe(before.length);
  expect(mp3FactsOf(after)?.samples).toBe(100 * 1152 - 1105);
  expect(await isWithoutLength(ended)).toBe(false);
  const sound = createSilence(100).length;
  expect(after.subarray(-sound).equals(before.subarray(-sound))).toBe(true);
});

test("`isWithoutLength` is false for an MP3 whose Info frame declares the length", async () => {
  const piece = await pieceWith(createHead(100 * 1152 - 2000), 100);
  expect(await isWithoutLength(piece)).toBe(false);
});
