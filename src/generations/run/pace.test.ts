import { expect, test } from "bun:test";
import { createPace } from "./pace.ts";

test("when an endless piece resumes, one minute is made immediately and the rest at playback speed", async () => {
  let now = 0;
  const pace = createPace(() => now);
  const stop = new AbortController();
  const isReady = async (generatedMs: number): Promise<boolean> =>
    Promise.race([
      pace(generatedMs, stop.signal).then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 5)),
    ]);
  expect(await isReady(3_600_000)).toBe(true);
  expect(await isReady(3_660_000)).toBe(true);
  expect(await isReady(3_661_000)).toBe(false);
  now = 1_000;
  expect(await isReady(3_661_000)).toBe(true);
  const waiting = pace(3_700_000, stop.signal);
  stop.abort();
  await waiting;
});

test("after a wait, the abort signal has no listener", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const counting = Object.assign(Object.create(signal) as AbortSignal, {
    addEventListener() {
      listeners += 1;
    },
    removeEventListener() {
      listeners -= 1;
    },
  });
  Object.defineProperty(counting, "aborted", { value: false });
  const pace = createPace(() => 0);
  await pace(0, counting);
  for (let ms = 60_001; ms < 60_004; ms += 1) await pace(ms, counting);
  expect(listeners).toBe(0);
});
