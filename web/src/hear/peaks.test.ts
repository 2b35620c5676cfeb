import { expect, test } from "bun:test";
import { createPeaks, wholePeaks } from "./peaks.ts";

const pairs = (...levels: number[]) =>
  Buffer.from(new Int8Array(levels.flatMap((level) => [-level, level]))).toString("base64");
const second = (level: number) => pairs(...Array<number>(50).fill(level));

test("a bar of the waveform is -1 while the audio of the bar is missing", () => {
  const peaks = createPeaks();
  peaks.append(second(50));
  expect([...peaks.bars(4, 4)]).toEqual([0.5, -1, -1, -1]);
  peaks.append(second(127));
  expect([...peaks.bars(4, 4)].map((bar) => Math.round(bar * 100))).toEqual([50, 100, -100, -100]);
  expect(peaks.seconds()).toBe(2);
});

test("the waveform grows with audio that is longer than one minute", () => {
  const peaks = createPeaks();
  for (let i = 0; i < 200; i++) peaks.append(second(i % 100));
  expect(peaks.seconds()).toBe(200);
  expect(peaks.bars(200, 200)[199]).toBeCloseTo(0.99);
});

test("a peak of -128, the lowest possible value, gives a bar of full height", () => {
  const peaks = createPeaks();
  peaks.append(Buffer.from(new Int8Array([-128, 3])).toString("base64"));
  expect(peaks.bars(1, 1 / 50)[0]).toBe(1);
});

test("the small waveform of a piece in a list covers the whole piece", () => {
  const peaks = wholePeaks(Buffer.from([0, 255]).toString("base64"));
  expect([...peaks.bars(4, 60)]).toEqual([0, 0, 1, 1]);
});
