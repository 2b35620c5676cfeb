// A job while a store is away: it waits, and is neither failed nor counted.
import { expect, test } from "bun:test";
import { AppError } from "../../src/errors.ts";
import type { Job, JobContext } from "../../src/ports/job-queue/job-queue.ts";
import { silentLog } from "../../src/testing/test-stores.ts";
import { waitingWhileAway } from "./while-away.ts";

const away = () => new AppError("UNAVAILABLE", "The store can't be reached.");
const job = {} as Job;
const contextOf = (signal: AbortSignal): JobContext => ({
  signal,
  reportProgress: async () => {},
  isWanted: async () => false,
});
const pauseMs = { first: 1, most: 4 };

test("a run begins again until the store is back", async () => {
  let runs = 0;
  const handler = waitingWhileAway(
    silentLog,
    async () => {
      runs++;
      if (runs < 5) throw away();
    },
    { pauseMs },
  );
  await handler(job, contextOf(new AbortController().signal));
  expect(runs).toBe(5);
});

test("any other error is passed on at once", async () => {
  let runs = 0;
  const handler = waitingWhileAway(
    silentLog,
    async () => {
      runs++;
      throw new AppError("GENERATION_FAILED", "It broke down.");
    },
    { pauseMs },
  );
  expect(await handler(job, contextOf(new AbortController().signal)).catch((err) => err.code)).toBe(
    "GENERATION_FAILED",
  );
  expect(runs).toBe(1);
});

test("a worker that closes does not wait for the store", async () => {
  const stop = new AbortController();
  const handler = waitingWhileAway(silentLog, async () => Promise.reject(away()), {
    pauseMs: { first: 60_000, most: 60_000 },
  });
  const ended = handler(job, contextOf(stop.signal)).catch((err) => err.code);
  stop.abort();
  expect(await ended).toBe("UNAVAILABLE");
});

test("a store that stays away fails the run in the end", async () => {
  const handler = waitingWhileAway(silentLog, async () => Promise.reject(away()), { limitMs: 20, pauseMs });
  expect(await handler(job, contextOf(new AbortController().signal)).catch((err) => err.code)).toBe(
    "UNAVAILABLE",
  );
});
