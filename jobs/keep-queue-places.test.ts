// Tests that a worker that runs a generation appends queue positions to the events of waiting
// generations, and that an idle worker reads nothing.
import { expect, setDefaultTimeout, test } from "bun:test";
import { eventsKey } from "../src/streams/stream-keys.ts";
import { readStoredJson } from "../src/generations/generation-events.ts";
import type { JobContext } from "../src/ports/job-queue/job-queue.ts";
import { addDueCopies } from "../src/testing/add-due-copies.ts";
import { createStudio, type Studio } from "../src/testing/studio.ts";
import { until } from "../src/testing/until.ts";
import { keepQueuePlaces } from "./keep-queue-places.ts";

setDefaultTimeout(20_000);

/**
 * Returns the dependencies of the studio, with two counters in `seen`: `counts` is how often the numbers of queued jobs
 * were read, and `due` is how often the list of the businesses with due work was read.
 */
function counted({ deps }: Studio) {
  const seen = { counts: 0, due: 0 };
  return {
    seen,
    deps: {
      ...deps,
      jobs: {
        counts() {
          seen.counts++;
          return deps.jobs.counts();
        },
      },
      due: {
        list(...args: Parameters<typeof deps.due.list>) {
          seen.due++;
          return deps.due.list(...args);
        },
      },
    },
  };
}

/** Runs the handler once, with an empty job and an empty context. */
function runJob(handler: ReturnType<ReturnType<typeof keepQueuePlaces>["counting"]>) {
  return handler({} as Parameters<typeof handler>[0], {} as JobContext);
}

test("while a worker makes a piece, the events of waiting pieces get queue positions", async () => {
  await using studio = await createStudio();
  const waiting = await studio.start();
  const { deps, seen } = counted(studio);
  const places = keepQueuePlaces(deps, 10);
  await Bun.sleep(50);
  expect(seen).toEqual({ counts: 0, due: 0 });
  const end = Promise.withResolvers<void>();
  const job = runJob(places.counting(() => end.promise));
  await until("the events contain the queue position", async () => {
    const page = await studio.deps.chunkStore.read(
      eventsKey(studio.business.id, waiting.requestId),
      0,
      64 * 1024,
    );
    return page!.chunks.map(readStoredJson).some(({ type }) => type === "queue");
  });
  end.resolve();
  await job;
  places.stop();
});

test("without queued generations, a worker does not list the businesses with due work", async () => {
  await using studio = await createStudio();
  const { deps, seen } = counted(studio);
  const places = keepQueuePlaces(deps, 10);
  const end = Promise.withResolvers<void>();
  const job = runJob(places.counting(() => end.promise)).catch(() => "failed");
  await until("the queue was counted", () => seen.counts > 2);
  expect(seen.due).toBe(0);
  end.reject(new Error("broken"));
  expect(await job).toBe("failed");
  const before = seen.counts;
  await Bun.sleep(50);
  expect(seen.counts - before).toBeLessThanOrEqual(1);
  places.stop();
});

test("if more than 500 other businesses have been due for longer, a business still gets queue positions", async () => {
  await using studio = await createStudio();
  const waiting = await studio.start();
  const { id } = studio.business;
  await addDueCopies(studio.deps.control, { id, kind: "generations", copies: 501 });
  await studio.deps.control.kysely
    .updateTable("dueWork")
    .set({ dueAt: new Date().toISOString() })
    .where("businessId", "=", id)
    .execute();
  const places = keepQueuePlaces(studio.deps, 10);
  const end = Promise.withResolvers<void>();
  const job = runJob(places.counting(() => end.promise));
  await until("the events contain the queue position", async () => {
    const page = await studio.deps.chunkStore.read(eventsKey(id, waiting.requestId), 0, 64 * 1024);
    return page!.chunks.map(readStoredJson).some(({ type }) => type === "queue");
  });
  end.resolve();
  await job;
  places.stop();
});
