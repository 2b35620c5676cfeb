// Tests generations by generators that don't know the length in advance, are not deterministic, or run on another
// machine.
import { expect, test } from "bun:test";
import { type FarEnd, HandOverError } from "../../ports/generator/generator.ts";
import { audioKey, eventsKey } from "../../streams/stream-keys.ts";
import {
  createScriptedGenerator,
  type Script,
  scriptedAudio,
} from "../../testing/sound/scripted-generator.ts";
import { createStudio, type Studio } from "../../testing/studio.ts";
import { until } from "../../testing/until.ts";
import { readVersion } from "../../library/versions/read-version.ts";
import { cancelGeneration } from "../cancel-generation.ts";
import { type GenerationEvent, readStoredJson } from "../generation-events.ts";
import type { StartedGeneration } from "../queue/place-generation.ts";
import { readGeneration } from "../read-generation.ts";
import { noteAsked } from "./generator-calls.ts";
import { runGeneration } from "./run-generation.ts";
import { promptMsMax } from "../../testing/measure/time-limits.ts";

const signal = new AbortController().signal;

const runOf = (
  { deps, alice }: Studio,
  { requestId }: StartedGeneration,
  generator: ReturnType<typeof createScriptedGenerator>,
  lastAttempt = false,
) =>
  runGeneration(
    { ...deps, generator, firstChunkMs: 2_000, stallMs: 2_000 },
    { businessId: alice.businessId, requestId, lastAttempt },
    signal,
  );

const eventsOf = async ({ deps, alice }: Studio, { requestId }: StartedGeneration) => {
  const page = await deps.streams.read(eventsKey(alice.businessId, requestId), 0, 1 << 20);
  return { events: (page?.chunks ?? []).map(readStoredJson), closed: page?.state.closed };
};

const audioOf = async ({ deps, alice }: Studio, { versionId }: StartedGeneration) => {
  const page = await deps.streams.read(audioKey(alice.businessId, versionId), 0, 1 << 20);
  return new Uint8Array(Buffer.concat(page?.chunks ?? []));
};

const viewOf = ({ deps, alice }: Studio, { requestId }: StartedGeneration) =>
  readGeneration(deps, alice, requestId);

test("if a generator doesn't know the size in advance, the version gets the real size", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  const script: Script = { plannedBytes: "unknown", plannedMs: 10_000 };
  await runOf(studio, started, createScriptedGenerator(script));
  expect(await viewOf(studio, started)).toMatchObject({
    ...{ state: "complete", plannedBytes: null, plannedMs: 10_000, generatedMs: 5_000 },
  });
  const version = await readVersion(studio.deps, studio.alice, started.versionId);
  expect(version).toMatchObject({ audioBytes: 5_000, durationMs: 5_000 });
  const { events } = await eventsOf(studio, started);
  expect(events.find(({ type }) => type === "started")).toMatchObject({ plannedBytes: null });
});

test("if a piece becomes shorter than planned, the loudness outline covers exactly the real length", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  await runOf(studio, started, createScriptedGenerator({ plannedBytes: "unknown", plannedMs: 20_000 }));
  const { peaks } = await readVersion(studio.deps, studio.alice, started.versionId);
  const outline = Buffer.from(peaks ?? "", "base64");
  expect([outline[0], outline[50], outline[99]]).toEqual([1, 3, 5]);
});

test("if a generator that can't resume is interrupted, the finished part can be played", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  const killed = new AbortController();
  const generator = createScriptedGenerator({
    deterministic: false,
    beforeChunk: (index) => {
      if (index === 3) {
        killed.abort(new Error("the worker ends"));
        killed.signal.throwIfAborted();
      }
    },
  });
  const first = runGeneration(
    { ...studio.deps, generator },
    { businessId: studio.business.id, requestId: started.requestId, lastAttempt: false },
    killed.signal,
  );
  await expect(first).rejects.toThrow("the worker ends");
  await runOf(studio, started, generator);
  expect(generator.started.length).toBe(1);
  expect(await viewOf(studio, started)).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(
      /^It was interrupted after \d seconds?, and this generator can't continue\.$/,
    ),
  });
  expect(await audioOf(studio, started)).toEqual(scriptedAudio(3, 1000));
});

test("after an interruption before the first chunk, a generator that can't resume is not called again", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  const killed = new AbortController();
  const generator = createScriptedGenerator({
    deterministic: false,
    beforeStart: async () => {
      killed.abort(new Error("the worker ends"));
      killed.signal.throwIfAborted();
    },
  });
  const first = runGeneration(
    { ...studio.deps, generator },
    { businessId: studio.business.id, requestId: started.requestId, lastAttempt: false },
    killed.signal,
  );
  await expect(first).rejects.toThrow("the worker ends");
  await runOf(studio, started, generator);
  expect(generator.started.length).toBe(1);
  expect((await viewOf(studio, started)).reason).toBe(
    "It was interrupted before its first audio, and this generator can't continue.",
  );
});

test("a generator that can resume continues an interrupted piece at the next byte", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  let runs = 0;
  const generator = createScriptedGenerator({
    ...{ deterministic: false, canResume: true, plannedBytes: "unknown" },
    beforeChunk: (index) => {
      if (index === 3 && ++runs === 1) throw new Error("the connection ended");
    },
  });
  await expect(runOf(studio, started, generator)).rejects.toThrow("the connection ended");
  await runOf(studio, started, generator);
  expect(generator.started.map(({ requestId }) => requestId)).toEqual([started.requestId, started.requestId]);
  expect(await viewOf(studio, started)).toMatchObject({ state: "complete" });
  expect(await audioOf(studio, started)).toEqual(scriptedAudio(5, 1000));
});

test("if a generator resumes with different bytes, the bytes of the first run are kept", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  const of = { deterministic: false, canResume: true, plannedBytes: "unknown" } as const;
  const first = createScriptedGenerator({
    ...of,
    beforeChunk: (index) => {
      if (index === 3) throw new Error("the connection ended");
    },
  });
  await expect(runOf(studio, started, first)).rejects.toThrow("the connection ended");
  await runOf(studio, started, createScriptedGenerator({ ...of, chunkBytes: 900 }));
  const view = await viewOf(studio, started);
  expect([view.state, view.reason]).toEqual([
    "failed",
    expect.stringContaining("this generator can't continue"),
  ]);
  expect(await audioOf(studio, started)).toEqual(scriptedAudio(3, 1000));
});

test.each([
  ["that can resume is told that another run will continue the piece", true],
  ["that can't resume is stopped", false],
] as const)("when the worker ends, a generator %s", async (_, canResume) => {
  await using studio = await createStudio();
  const started = await studio.start();
  const worker = new AbortController();
  const silent = Promise.withResolvers<void>();
  let reason: unknown;
  const generator = createScriptedGenerator({
    ...{ deterministic: false, canResume, farEnd: "left running" },
    beforeChunk: (index, _request, stop) => {
      if (index < 2) return;
      silent.resolve();
      return new Promise((_resolve, reject) =>
        stop.addEventListener("abort", () => {
          reason = stop.reason;
          reject(stop.reason);
        }),
      );
    },
  });
  const running = runGeneration(
    { ...studio.deps, generator },
    { businessId: studio.business.id, requestId: started.requestId, lastAttempt: false },
    worker.signal,
  );
  await silent.promise;
  worker.abort(new Error("the worker ends"));
  await expect(running).rejects.toThrow("the worker ends");
  expect(reason instanceof HandOverError).toBe(canResume);
  expect((await viewOf(studio, started)).state).toBe("running");
});

for (const farEnd of ["stopped", "left running"] as const satisfies FarEnd[]) {
  test(`a cancelled generation reports that its generator was ${farEnd}`, async () => {
    await using studio = await createStudio();
    const started = await studio.start();
    const silent = Promise.withResolvers<void>();
    const generator = createScriptedGenerator({
      ...{ deterministic: false, farEnd },
      beforeChunk: (index, _, stop) => {
        if (index < 2) return;
        silent.resolve();
        return new Promise((_resolve, reject) => stop.addEventListener("abort", () => reject(stop.reason)));
      },
    });
    const running = runOf(studio, started, generator);
    await silent.promise;
    const cancelledAt = performance.now();
    await cancelGeneration(studio.deps, studio.alice, started.requestId);
    await running;
    expect(performance.now() - cancelledAt).toBeLessThan(promptMsMax);
    expect(await viewOf(studio, started)).toMatchObject({ state: "cancelled", generatorEnd: farEnd });
    const { events, closed } = await eventsOf(studio, started);
    expect(events.at(-1)).toMatchObject({
      type: "cancelled",
      generatorEnd: farEnd,
    } as Partial<GenerationEvent>);
    expect(closed).toBe(true);
    expect(await audioOf(studio, started)).toEqual(scriptedAudio(2, 1000));
  });
}

test("after a cancellation before the generator's first answer, the state reports “left running”", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  const asked = Promise.withResolvers<void>();
  const generator = createScriptedGenerator({
    ...{ deterministic: false, farEnd: "stopped" },
    beforeStart: (request, stop) => {
      asked.resolve();
      return new Promise((_, reject) =>
        stop.addEventListener("abort", () => {
          request.onEarlyAbort?.(Promise.resolve("left running"));
          reject(stop.reason);
        }),
      );
    },
  });
  const running = runOf(studio, started, generator);
  await asked.promise;
  await cancelGeneration(studio.deps, studio.alice, started.requestId);
  await running;
  expect(await viewOf(studio, started)).toMatchObject({ state: "cancelled", generatorEnd: "left running" });
});

test("if the worker has died, a cancellation stores a job that closes the event stream", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  await studio.deps.databases.use(studio.business.id, ({ kysely }) =>
    kysely.updateTable("generations").set({ state: "running" }).where("id", "=", started.requestId).execute(),
  );
  await studio.deps.databases.use(studio.business.id, (database) =>
    noteAsked(database, { id: started.requestId, epoch: 0 }),
  );
  await cancelGeneration(studio.deps, studio.alice, started.requestId);
  expect((await eventsOf(studio, started)).closed).toBe(false);
  await until("the closing job waits", async () => {
    const jobs = await studio.deps.jobs.list({ queue: "maintenance", id: `close-${started.requestId}` });
    return jobs.length === 1;
  });
});

test("if a generation is cancelled before its generator is called, the generator is not called", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  let calls = 0;
  const generator = createScriptedGenerator({
    ...{ deterministic: false, farEnd: "stopped" },
    beforeStart: async () => {
      calls += 1;
    },
  });
  const chooseGenerator = async () => {
    await cancelGeneration(studio.deps, studio.alice, started.requestId);
    return generator;
  };
  await runGeneration(
    { ...studio.deps, generator, chooseGenerator },
    { businessId: studio.business.id, requestId: started.requestId, lastAttempt: false },
    signal,
  );
  expect(calls).toBe(0);
  expect((await viewOf(studio, started)).state).toBe("cancelled");
  const { events, closed } = await eventsOf(studio, started);
  expect([events.at(-1)?.type, closed]).toEqual(["cancelled", true]);
});
