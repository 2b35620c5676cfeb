import { expect, test } from "bun:test";
import { createHead, createOpenHead } from "../../../composer/mp3/head.ts";
import { type ByteSource, sourceOf } from "./byte-source.ts";
import { endedMp3, isWithoutLength } from "./ended-mp3.ts";
import { mp3FactsOf } from "./mp3-facts.ts";
import { untagged } from "./untagged.ts";

const bytesOf = async (source: ByteSource) => Buffer.concat(await Array.fromAsync(source.read(0)));

/** Frames of 128 kbit/s at 44.1 kHz in stereo, without sound. */
const createSilence = (frames: number): Buffer =>
  Buffer.concat(
    Array.from({ length: frames }, () => {
      const frame = Buffer.alloc(417);
      frame.set([0xff, 0xfb, 0x90, 0x64]);
      return frame;
    }),
  );

/** A silent MP3 that begins with its Info frame; the ID3 tag is left out. */
const pieceWith = (head: Uint8Array, frames: number) =>
  untagged(sourceOf(new Uint8Array(Buffer.concat([head, createSilence(frames)]))));

test("a piece that began without a declared length declares its length once it has ended, and its sound stays at the same bytes", async () => {
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

test("a piece whose length was declared at its start keeps its head", async () => {
  const piece = await pieceWith(createHead(100 * 1152 - 2000), 100);
  expect(await isWithoutLength(piece)).toBe(false);
});
