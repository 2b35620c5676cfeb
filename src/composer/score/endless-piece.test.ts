import { expect, setDefaultTimeout, test } from "bun:test";
import { loadLame } from "../mp3/encoder.ts";
import { barMarksIn } from "../notation/bar-mark.ts";
import { parsePrompt } from "../prompt/parse-prompt.ts";
import { startRendering } from "../render.ts";
import { loadBank } from "../sound/bank.ts";
import { sampleRate } from "../spec.ts";
import { composeEndless } from "./endless-piece.ts";

setDefaultTimeout(60_000);

const planOf = (durationSeconds: number) =>
  parsePrompt({ prompt: "calm piano with strings", seed: 4, durationSeconds, options: { endless: true } });

test("after one hour and after 23 hours, the tunes of an endless piece are mostly new", () => {
  const piece = composeEndless(planOf(86_400));
  const minutes = (from: number, to: number) =>
    barMarksIn(piece, from * 60 * sampleRate, to * 60 * sampleRate).map(({ bar, chords }) => ({
      chords: chords.map(({ name }) => name).join(" "),
      tune: piece
        .barOf(bar - 1)
        .tune.map(({ at, pitch }) => `${at}:${pitch}`)
        .join(" "),
    }));
  const materialOf = (bars: ReturnType<typeof minutes>) =>
    new Set(bars.map(({ tune }) => tune).filter(Boolean));
  const hours = [minutes(0, 4), minutes(60, 64), minutes(1380, 1384)];
  for (const bars of hours) expect(materialOf(bars).size).toBeGreaterThan(20);
  for (const [one, other] of [
    [hours[0]!, hours[1]!],
    [hours[1]!, hours[2]!],
  ] as const) {
    const [first, second] = [materialOf(one), materialOf(other)];
    const same = [...second].filter((tune) => first.has(tune));
    expect(same.length / second.size).toBeLessThan(0.1);
    expect(one.map(({ chords }) => chords).join()).not.toBe(other.map(({ chords }) => chords).join());
  }
  const tonic = hours[0]![0]!.chords;
  expect(hours.every((bars) => bars.some(({ chords }) => chords === tonic))).toBe(true);
});

test("an endless piece plays without gaps until its maximum length", async () => {
  const studio = { bank: await loadBank(), lame: await loadLame() };
  // The maximum length is 30 s. Each part is about 10 s long, so that the piece has several parts.
  const plan = { ...planOf(30), durationSeconds: 10 };
  const rendering = await startRendering(plan, studio);
  expect(rendering.plannedBytes).toBeUndefined();
  const chunks = [];
  while (!rendering.isDone) {
    const chunk = rendering.step();
    if (chunk !== undefined) chunks.push(chunk);
  }
  for (const [index, chunk] of chunks.entries()) {
    const before = chunks[index - 1];
    if (before !== undefined)
      expect(Math.abs(chunk.startMs - before.startMs - before.durationMs)).toBeLessThan(2);
  }
  const bars = chunks.flatMap(({ bars: some }) => some.map(({ bar }) => bar));
  expect(bars).toEqual(bars.map((_, index) => index + 1));
  const peaks = chunks.flatMap((chunk) => [...chunk.peaks]);
  expect(Math.abs(peaks.length / 2 - 30 * 50)).toBeLessThan(3);
  const loudest = (from: number, to: number) => Math.max(...peaks.slice(from * 100, to * 100));
  for (let second = 1; second < 20; second++) expect(loudest(second, second + 1)).toBeGreaterThan(5);
  expect(loudest(29.8, 30)).toBeLessThan(3);
});
