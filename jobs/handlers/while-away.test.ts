// Tests that a job waits while a store is unavailable, and that waiting uses up no attempt of the
// job. If the store stays unavailable beyond the time limit, the job fails.
import { expect, test } from "bun:test";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { createSharedDeps } from "../../src/deps/shared-deps.ts";
import { AppError, isAppError } from "../../src/errors.ts";
import { startGeneration } from "../../src/generations/start-generation.ts";
import type { Job, JobContext } from "../../src/ports/job-queue/job-queue.ts";
import { createScriptedGenerator } from "../../src/testing/sound/scripted-generator.ts";
import { createStudio } from "../../src/testing/studio.ts";
import { silentLog } from "../../src/testing/test-stores.ts";
import { until } from "../../src/testing/until.ts";
import { runGenerationJob } from "./run-generation.ts";
import { waitingWhileAway } from "./while-away.ts";

const away = () => new AppError("UNAVAILABLE", "The store can't be reached.");
const job = {} as Job;
const contextOf = (signal: AbortSignal): JobContext => ({
  signal,
  reportProgress: async () => {},
  isWanted: async () => false,
});
const pauseMs = { first: 1, most: 4 };

test("a job whose store is unavailable is run again until the store is available", async () => {
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

test("after an error other than UNAVAILABLE, the job is not run again", async () => {
  let runs = 0;
  const handler = waitingWhileAway(
    silentLog,
    async () => {
      runs++;
      throw new AppError("GENERATION_FAILED", "It failed.");
    },
    { pauseMs },
  );
  expect(await handler(job, contextOf(new AbortController().signal)).catch((err) => err.code)).toBe(
    "GENERATION_FAILED",
  );
  expect(runs).toBe(1);
});

test("if the worker closes while a job waits for the store, the run ends immediately with UNAVAILABLE", async () => {
  const stop = new AbortController();
  const handler = waitingWhileAway(silentLog, async () => Promise.reject(away()), {
    pauseMs: { first: 60_000, most: 60_000 },
  });
  const ended = handler(job, contextOf(stop.signal)).catch((err) => err.code);
  stop.abort();
  expect(await ended).toBe("UNAVAILABLE");
});

test("a job whose store stays unavailable is postponed repeatedly, and fails at the time limit", async () => {
  let progress: unknown;
  const handler = waitingWhileAway(silentLog, async () => Promise.reject(away()), {
    ...{ limitMs: 200, inPlaceMs: 5, putOffMs: 20, pauseMs },
  });
  const context = {
    ...contextOf(new AbortController().signal),
    reportProgress: async (reported: unknown) => {
      progress = reported;
    },
  };
  const names: string[] = [];
  await until("the job fails", async () => {
    const err = await handler({ ...job, progress }, context).catch((err: Error) => err);
    names.push(err?.name ?? "");
    return isAppError(err, "UNAVAILABLE");
  });
  expect(new Set(names)).toEqual(new Set(["PutOffError", "AppError"]));
  expect(names.length).toBeGreaterThan(5);
});

test("if the database of a business is unavailable, the pieces of other businesses are not delayed", async () => {
  await using studio = await createStudio();
  const { deps, stores, otherAlice } = studio;
  const broken: string[] = [];
  for (let asked = 0; asked < 8; asked++) broken.push((await studio.start()).requestId);
  await deps.databases.close();
  await rename(
    join(stores.config.dataDir, "businesses", `${studio.business.id}.db`),
    join(stores.config.dataDir, "away.db"),
  );
  const after = await createSharedDeps(stores.config, silentLog);
  const ready = { ...deps, ...after, generator: createScriptedGenerator() };
  const run = runGenerationJob(ready, { inPlaceMs: 50, putOffMs: 300, pauseMs });
  const worker = after.jobs.work("generation", run, { concurrency: 2 });
  await until(
    "the first piece was postponed",
    async () => (await after.jobs.list({ queue: "generation", state: "delayed" })).length > 0,
  );
  const started = await startGeneration(ready, otherAlice, { prompt: "rain", durationSeconds: 30 });
  await until("the other business's piece is made", async () =>
    (await after.jobs.list({ queue: "generation", id: started.requestId })).every(
      ({ state }) => state === "completed",
    ),
  );
  await rename(
    join(stores.config.dataDir, "away.db"),
    join(stores.config.dataDir, "businesses", `${studio.business.id}.db`),
  );
  for (const id of broken)
    await until("the piece is made when the database is available again", async () =>
      (await after.jobs.list({ queue: "generation", id })).every(
        ({ state, attemptsMade }) => state === "completed" && attemptsMade <= 1,
      ),
    );
  await worker.close({ force: true });
  await after.close();
}, 60_000);
