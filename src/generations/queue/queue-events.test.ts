// Tests the events with queue positions. A waiting generation gets each of these events one time,
// even with several workers. A generation gets none of these events after its start.
import { expect, setDefaultTimeout, test } from "bun:test";
import { runGeneration } from "../run/run-generation.ts";
import type { StartedGeneration } from "./place-generation.ts";
import { eventsKey } from "../../streams/stream-keys.ts";
import { createScriptedGenerator } from "../../testing/sound/scripted-generator.ts";
import { createStudio, noSignal, type Studio } from "../../testing/studio.ts";
import { cancelGeneration } from "../cancel-generation.ts";
import { appendEvent, type GenerationEvent, readStoredJson } from "../generation-events.ts";
import { createQueueEvents } from "./queue-events.ts";
import { findQueuePlace } from "./queue-place.ts";

setDefaultTimeout(60_000);

const everyMs = 2_000;

async function eventsOf(
  { deps, business }: Studio,
  { requestId }: StartedGeneration,
): Promise<GenerationEvent[]> {
  const page = await deps.chunkStore.read(eventsKey(business.id, requestId), 0, 1024 * 1024);
  return (page?.chunks ?? []).map(readStoredJson);
}

const placesIn = (events: readonly GenerationEvent[]) =>
  events.flatMap((event) => (event.type === "queue" ? [event.place] : []));

test("a waiting generation gets events with its current queue position", async () => {
  await using studio = await createStudio();
  const [first, second] = [await studio.start(), await studio.start()];
  const worker = createQueueEvents(studio.deps);
  const nowMs = Date.now();
  await worker.appendChanged(studio.business.id, nowMs);
  expect(placesIn(await eventsOf(studio, first))).toEqual([1]);
  expect(placesIn(await eventsOf(studio, second))).toEqual([2]);
  await studio.run(first);
  await worker.appendChanged(studio.business.id, nowMs + everyMs - 1);
  expect(placesIn(await eventsOf(studio, second))).toEqual([2]);
  await worker.appendChanged(studio.business.id, nowMs + everyMs);
  expect(placesIn(await eventsOf(studio, second))).toEqual([2, 1]);
  const { seconds } = (await eventsOf(studio, second)).at(-1) as { seconds: number };
  expect(seconds).toBeGreaterThan(0);
  await studio.run(second);
  await worker.appendChanged(studio.business.id, nowMs + 2 * everyMs);
  const types = (await eventsOf(studio, second)).map(({ type }) => type);
  expect(types.slice(0, 4)).toEqual(["queued", "queue", "queue", "started"]);
  expect(types.lastIndexOf("queue")).toBe(2);
});

test("two workers that work at the same time store each queue position once", async () => {
  await using studio = await createStudio();
  const waiting = [await studio.start(), await studio.start(), await studio.start()];
  const workers = [createQueueEvents(studio.deps), createQueueEvents(studio.deps)];
  const nowMs = Date.now();
  await Promise.all(workers.map((worker) => worker.appendChanged(studio.business.id, nowMs)));
  await createQueueEvents(studio.deps).appendChanged(studio.business.id, nowMs + 1);
  for (const [index, one] of waiting.entries())
    expect(placesIn(await eventsOf(studio, one))).toEqual([index + 1]);
  await studio.run(waiting[0]!);
  await Promise.all(workers.map((worker) => worker.appendChanged(studio.business.id, nowMs + everyMs)));
  expect(placesIn(await eventsOf(studio, waiting[1]!))).toEqual([2, 1]);
  expect(placesIn(await eventsOf(studio, waiting[2]!))).toEqual([3, 2]);
});

test("a generation that has started gets no event with a queue position", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  const late = createQueueEvents({
    ...studio.deps,
    streams: {
      read: studio.deps.streams.read,
      // Between the reading and the writing of this worker, another worker makes the piece.
      async append(key, append) {
        await studio.run(started).catch(() => undefined);
        return studio.deps.streams.append(key, append);
      },
    },
  });
  await late.appendChanged(studio.business.id);
  expect(placesIn(await eventsOf(studio, started))).toEqual([]);

  const paused = await studio.start();
  let isOpen: GenerationEvent[] = [];
  await runGeneration(
    {
      ...studio.deps,
      generator: createScriptedGenerator({
        async beforeChunk(index) {
          if (index !== 1) return;
          const event = { type: "queue", at: new Date().toISOString(), place: 1, seconds: 1 } as const;
          const producer = { id: "generation", epoch: 0, seq: 0 };
          const code = await appendEvent(studio.deps.streams, studio.business.id, paused.requestId, event, {
            producer,
          }).catch((err: { code: string }) => err.code);
          expect(code).toBe("PRODUCER_FENCED");
          isOpen = await eventsOf(studio, paused);
        },
      }),
    },
    { businessId: studio.business.id, requestId: paused.requestId, lastAttempt: true },
    noSignal,
  );
  expect(isOpen.map(({ type }) => type)).toEqual(["queued", "started", "progress"]);
});

test("a cancelled generation gets no event with a queue position", async () => {
  await using studio = await createStudio();
  const cancelled = await studio.start();
  const others = await studio.start({}, studio.otherAlice);
  await cancelGeneration(studio.deps, studio.alice, cancelled.requestId);
  await createQueueEvents(studio.deps).appendChanged(studio.business.id);
  expect((await eventsOf(studio, cancelled)).map(({ type }) => type)).toEqual(["queued", "cancelled"]);
  const page = await studio.deps.chunkStore.read(
    eventsKey(studio.otherAlice.businessId, others.requestId),
    0,
    1024,
  );
  expect(page?.chunks.map(readStoredJson).map(({ type }) => type)).toEqual(["queued"]);
});

test("a user's first piece comes before an earlier user's second piece", async () => {
  await using studio = await createStudio();
  const mine = [await studio.start(), await studio.start()];
  const bobs = await studio.start({}, studio.bob);
  const places = await studio.deps.databases.use(studio.business.id, async (database) =>
    Promise.all([...mine, bobs].map(({ requestId }) => findQueuePlace(database, requestId))),
  );
  expect(places.map((one) => one?.place)).toEqual([1, 3, 2]);
});

test("progress events contain the remaining seconds", async () => {
  await using studio = await createStudio();
  const made = await studio.make();
  const left = (await eventsOf(studio, made)).flatMap((event) =>
    event.type === "progress" ? [event.secondsLeft] : [],
  );
  expect(left).toHaveLength(5);
  expect(left.every((seconds) => Number.isInteger(seconds))).toBe(true);
  expect(left.at(-1)).toBe(0);
});
