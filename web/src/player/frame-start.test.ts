import { expect, test } from "bun:test";
import { createFrameStart } from "./frame-start.ts";

/** Returns MP3 frames of 128 kbit/s at 44.1 kHz with many bytes that look like headers. Every third frame is padded. */
function frames(count: number): Uint8Array<ArrayBuffer> {
  const all: number[] = [];
  for (let i = 0; i < count; i++) {
    const padding = i % 3 === 0 ? 1 : 0;
    const body = Array.from(
      { length: 413 + padding },
      (_, at) => [0xff, 0xfb, 0x90, 0x00, i][(at + i * 2) % 5]!,
    );
    all.push(0xff, 0xfb, 0x90 | (padding << 1), 0x44, ...body);
  }
  return new Uint8Array(all);
}
const starts = Array.from({ length: 20 }, (_, i) => frames(i).length);

test("if a read begins inside a frame, the output begins with the next whole frame", () => {
  const sound = frames(20);
  for (const from of [1, 5, 200, 416, 419, 1000])
    for (const pieceBytes of [3, 100, 1024, 100_000]) {
      const align = createFrameStart();
      const out: number[] = [];
      for (let at = from; at < sound.length; at += pieceBytes)
        out.push(...align(sound.slice(at, Math.min(sound.length, at + pieceBytes))));
      const begun = sound.length - out.length;
      expect(begun).toBe(starts.find((start) => start >= from)!);
      expect(out).toEqual([...sound.slice(begun)]);
    }
});

test("a read that begins with a frame loses no bytes", () => {
  const sound = frames(5);
  expect(createFrameStart()(sound)).toEqual(sound);
});

test("after more than 16 KiB without a frame, all bytes are passed on", () => {
  const align = createFrameStart();
  const noise = new Uint8Array(9000).fill(0xff);
  expect(align(noise)).toHaveLength(0);
  expect(align(noise)).toHaveLength(18_000);
  expect(align(noise)).toBe(noise);
});
