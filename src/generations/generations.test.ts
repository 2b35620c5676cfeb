import { expect, setDefaultTimeout, test } from "bun:test";
import { closeGenerationJob } from "../../jobs/handlers/close-generation.ts";
import type { UserCaller } from "../accounts/caller.ts";
import { AppError } from "../errors.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import type { Generator } from "../ports/generator/generator.ts";
import { audioKey, eventsKey } from "../streams/stream-keys.ts";
import { createScriptedGenerator, scriptedAudio, type Script } from "../testing/sound/scripted-generator.ts";
import { createTestStores, silentLog, type TestStores } from "../testing/test-stores.ts";
import { until } from "../testing/until.ts";
import { cancelGeneration } from "./cancel-generation.ts";
import { readStoredJson } from "./generation-events.ts";
import { readGeneration } from "./read-generation.ts";
import { runGeneration } from "./run/run-generation.ts";
import type { StartedGeneration } from "./queue/place-generation.ts";
import { startGeneration, type StartGenerationInput } from "./start-generation.ts";
import { sweepGenerations } from "./sweep-generations.ts";

setDefaultTimeout(60_000);

const noSignal = new AbortController().signal;

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (err: unknown) => (err instanceof AppError ? err.code : String(err)),
  );

async function createStudio(environment: Record<string, string> = {}) {
  const stores = await createTestStores(environment);
  const business = await stores.createBusiness();
  const alice = await stores.createUser(business, "alice");
  const deps = { ...stores.deps, streams: stores.deps.chunkStore as ChunkStore, log: silentLog };
  return {
    stores,
    business,
    alice,
    deps,
    start: (input: Partial<StartGenerationInput> = {}, caller: UserCaller = alice) =>
      startGeneration(deps, caller, { prompt: "slow piano", durationSeconds: 30, seed: 7, ...input }),
    run: (
      started: StartedGeneration,
      script: Script = {},
      lastAttempt = true,
      streams: ChunkStore = deps.streams,
    ) =>
      runGeneration(
        { ...deps, streams, generator: createScriptedGenerator(script), stallMs: 200 },
        { businessId: business.id, requestId: started.requestId, lastAttempt },
        noSignal,
      ),
    read: (started: StartedGeneration) => readGeneration(deps, alice, started.requestId),
    audio: async (started: StartedGeneration) => {
      const { chunks, closed } = await readAll(deps.streams, audioKey(business.id, started.versionId));
      return { bytes: new Uint8Array(Buffer.concat(chunks)), closed };
    },
    events: async (started: StartedGeneration) => {
      const { chunks, closed } = await readAll(deps.streams, eventsKey(business.id, started.requestId));
      return { events: chunks.map(readStoredJson), closed };
    },
    [Symbol.asyncDispose]: () => (stores as TestStores)[Symbol.asyncDispose](),
  };
}

async function readAll(streams: ChunkStore, key: Parameters<ChunkStore["read"]>[0]) {
  const chunks: Uint8Array[] = [];
  let position = 0;
  for (;;) {
    const page = await streams.read(key, position, 64 * 1024);
    if (!page) throw new Error(`there is no ${key.path}`);
    chunks.push(...page.chunks);
    if (page.chunks.length === 0) return { chunks, closed: page.state.closed };
    position = page.next;
  }
}

test("a started generation has its rows, its job and its streams", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  expect(await studio.read(started)).toMatchObject({
    state: "queued",
    title: "slow piano",
    seed: 7,
    generatedMs: 0,
  });
  expect(await studio.deps.jobs.list({ queue: "generation" })).toMatchObject([
    { id: started.requestId, state: "waiting" },
  ]);
  expect(await studio.audio(started)).toEqual({ bytes: new Uint8Array(), closed: false });
  expect((await studio.events(started)).events).toMatchObject([{ type: "queued" }]);
});

test("if the chunk store is unreachable, a generation can still be started and cancelled", async () => {
  await using studio = await createStudio();
  const refuse = () =>
    Promise.reject(new AppError("UNAVAILABLE", "The chunk store can't be reached right now."));
  const away = { ...studio.deps, streams: { ...studio.deps.streams, create: refuse, append: refuse } };
  const started = await startGeneration(away, studio.alice, { prompt: "slow piano", durationSeconds: 30 });
  await studio.run(started);
  expect(await studio.audio(started)).toEqual({ bytes: scriptedAudio(5, 1000), closed: true });
  const stopped = await studio.start();
  await cancelGeneration(away, studio.alice, stopped.requestId);
  expect((await studio.read(stopped)).state).toBe("cancelled");
  expect(await studio.deps.jobs.list({ queue: "maintenance" })).toMatchObject([
    { name: "generation.close", data: { requestId: stopped.requestId } },
  ]);
});

test("a completed generation has exactly the bytes of the generator", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  await studio.run(started);
  expect(await studio.audio(started)).toEqual({ bytes: scriptedAudio(5, 1000), closed: true });
  expect(await studio.read(started)).toMatchObject({
    state: "complete",
    title: "Piece of 7",
    generatedMs: 5000,
    plannedMs: 5000,
    plannedBytes: 5000,
  });
  const { events, closed } = await studio.events(started);
  expect(closed).toBe(true);
  expect(events.map((event) => event.type)).toEqual([
    "queued",
    "started",
    ...Array(5).fill("progress"),
    "complete",
  ]);
});

test("equal requests of a user with one Idempotency-Key start one generation", async () => {
  await using studio = await createStudio();
  const [one, two] = await Promise.all([
    studio.start({ idempotencyKey: "k" }),
    studio.start({ idempotencyKey: "k" }),
  ]);
  expect(two).toEqual(one);
  expect(await studio.start({ idempotencyKey: "k" })).toEqual(one);
  expect(await codeOf(studio.start({ idempotencyKey: "k", prompt: "fast drums" }))).toBe(
    "IDEMPOTENCY_MISMATCH",
  );
  const bob = await studio.stores.createUser(studio.business, "bob");
  expect((await studio.start({ idempotencyKey: "k" }, bob)).requestId).not.toBe(one.requestId);
  expect(await studio.deps.jobs.list({ queue: "generation" })).toHaveLength(2);
});

test("a project of another user or business gives the same error as a missing project", async () => {
  await using studio = await createStudio();
  const { projectId } = await studio.start();
  const bob = await studio.stores.createUser(studio.business, "bob");
  const other = await studio.stores.createBusiness();
  const carol = await studio.stores.createUser(other, "alice");
  expect((await studio.start({ projectId })).projectId).toBe(projectId);
  expect(await codeOf(studio.start({ projectId }, bob))).toBe("NOT_FOUND");
  expect(await codeOf(studio.start({ projectId }, carol))).toBe("NOT_FOUND");
  expect(await codeOf(studio.start({ projectId: "none" }))).toBe("NOT_FOUND");
});

test("another user or business can neither read nor cancel a generation", async () => {
  await using studio = await createStudio();
  const { requestId } = await studio.start();
  const bob = await studio.stores.createUser(studio.business, "bob");
  const carol = await studio.stores.createUser(await studio.stores.createBusiness(), "alice");
  for (const stranger of [bob, carol]) {
    expect(await codeOf(readGeneration(studio.deps, stranger, requestId))).toBe("NOT_FOUND");
    expect(await codeOf(cancelGeneration(studio.deps, stranger, requestId))).toBe("NOT_FOUND");
  }
  expect((await readGeneration(studio.deps, studio.alice, requestId)).state).toBe("queued");
});

test("a user can have at most ten generations at a time", async () => {
  await using studio = await createStudio();
  const started = await Promise.all(Array.from({ length: 10 }, () => studio.start()));
  expect(await codeOf(studio.start())).toBe("TOO_MANY_REQUESTS");
  await studio.run(started[0] as StartedGeneration);
  expect(await codeOf(studio.start())).toBe("no error");
});

test("after a cancellation, the finished part of the audio stays", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  await studio.run(started, {
    beforeChunk: (index) =>
      index === 2 ? cancelGeneration(studio.deps, studio.alice, started.requestId) : undefined,
  });
  expect(await studio.audio(started)).toEqual({ bytes: scriptedAudio(2, 1000), closed: true });
  expect((await studio.read(started)).state).toBe("cancelled");
  const { events, closed } = await studio.events(started);
  expect([events.at(-1)?.type, closed]).toEqual(["cancelled", true]);
});

test("a generation that is cancelled in the queue is never started", async () => {
  await using studio = await createStudio();
  const waiting = await studio.start();
  await cancelGeneration(studio.deps, studio.alice, waiting.requestId);
  await studio.run(waiting);
  expect((await studio.audio(waiting)).bytes).toHaveLength(0);

  const complete = await studio.start();
  await studio.run(complete);
  await cancelGeneration(studio.deps, studio.alice, complete.requestId);
  expect((await studio.read(complete)).state).toBe("complete");
});

test("if the generator fails, the generation fails only at the last attempt", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  const broken: Script = {
    beforeChunk: (index) => {
      if (index === 3) throw new AppError("GENERATION_FAILED", "The strings snapped.");
    },
  };
  expect(await codeOf(studio.run(started, broken, false))).toBe("GENERATION_FAILED");
  expect((await studio.read(started)).state).toBe("running");
  await studio.run(started, broken, true);
  expect(await studio.read(started)).toMatchObject({ state: "failed", reason: "The strings snapped." });
  expect(await studio.audio(started)).toEqual({ bytes: scriptedAudio(3, 1000), closed: true });
  expect((await studio.events(started)).events.at(-1)).toMatchObject({
    type: "failed",
    reason: "The strings snapped.",
  });
});

test("a generation fails if its generator sends no further chunk within the time limit", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  await studio.run(started, { beforeChunk: (index) => (index === 1 ? new Promise(() => {}) : undefined) });
  expect(await studio.read(started)).toMatchObject({
    state: "failed",
    reason: "The generator sent nothing for 0.2 seconds.",
  });
});

test("the generation fails if the length of the audio differs from the planned length", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  await studio.run(started, { plannedBytes: 6000 });
  expect(await studio.read(started)).toMatchObject({ state: "failed", reasonCode: "GENERATION_FAILED" });
});

test("if a worker dies at any append, another worker completes exactly the same audio", async () => {
  // A run appends 13 times: one event, five pairs of audio and event, and the ends of both streams.
  for (let dieAt = 1; dieAt <= 13; dieAt++) {
    await using studio = await createStudio();
    const started = await studio.start();
    let writes = 0;
    const dying: ChunkStore = {
      ...studio.deps.streams,
      async append(key, append) {
        if (++writes === dieAt) throw new Error("killed");
        return studio.deps.streams.append(key, append);
      },
    };
    expect(await codeOf(studio.run(started, {}, false, dying))).toBe("Error: killed");
    await studio.run(started);
    expect(await studio.audio(started)).toEqual({ bytes: scriptedAudio(5, 1000), closed: true });
    const { events, closed } = await studio.events(started);
    expect(events.map((event) => event.type)).toEqual([
      "queued",
      "started",
      ...Array(5).fill("progress"),
      "complete",
    ]);
    expect(closed).toBe(true);
    expect((await studio.read(started)).state).toBe("complete");
  }
});

test("a worker can't write to a generation any more after another worker has claimed the generation", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  let takenOver: Promise<void> | undefined;
  await studio.run(started, {
    beforeChunk: async (index) => {
      if (index !== 2) return;
      takenOver = studio.run(started);
      await takenOver;
    },
  });
  await takenOver;
  expect(await studio.audio(started)).toEqual({ bytes: scriptedAudio(5, 1000), closed: true });
  expect((await studio.events(started)).events.filter((event) => event.type === "progress")).toHaveLength(5);
});

test.each(["completed by another worker", "cancelled"])(
  "a plan that arrives after the generation was %s changes no row",
  async (end) => {
    await using studio = await createStudio();
    const started = await studio.start();
    const rows = () =>
      studio.deps.databases.use(studio.business.id, async ({ kysely }) => [
        await kysely.selectFrom("generations").selectAll().execute(),
        await kysely.selectFrom("versions").selectAll().execute(),
        await kysely.selectFrom("tracks").selectAll().execute(),
      ]);
    let before: unknown[][] = [];
    await studio.run(started, {
      plannedMs: 99_000,
      async beforeStart() {
        if (end === "cancelled") await cancelGeneration(studio.deps, studio.alice, started.requestId);
        else await studio.run(started);
        before = await rows();
      },
    });
    expect(before[1]).toHaveLength(1);
    expect<unknown[][]>(await rows()).toEqual(before);
  },
);

test("if a worker writes while its successor starts, no byte is stored twice", async () => {
  await using studio = await createStudio();
  const { deps } = studio;
  const started = await studio.start();
  const asleep = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  const newerEnded = Promise.withResolvers<void>();
  const key = audioKey(studio.business.id, started.versionId);
  const older = studio.run(started, {
    async beforeChunk(index) {
      if (index === 2) asleep.resolve();
      if (index === 2) await awake.promise;
      if (index === 3) await newerEnded.promise;
    },
  });
  await asleep.promise;
  let looks = 0;
  const late: ChunkStore = {
    ...deps.streams,
    async head(asked) {
      const state = await deps.streams.head(asked);
      if (asked.path !== key.path || ++looks > 1) return state;
      awake.resolve();
      await until(
        "the older worker wrote",
        async () => ((await deps.streams.head(key))?.tail ?? 0) > (state?.tail ?? 0),
      );
      return state;
    },
  };
  const newer = await codeOf(studio.run(started, {}, false, late));
  newerEnded.resolve();
  await older;
  expect(newer).toBe("STREAM_CONFLICT");
  await studio.run(started);
  expect(await studio.audio(started)).toEqual({ bytes: scriptedAudio(5, 1000), closed: true });
});

test("the shorter audio of a later run replaces the stored audio of an interrupted run", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  const killAt = (killed: number): Script => ({
    beforeChunk: (index) => (index === killed ? Promise.reject(new Error("killed")) : undefined),
  });
  const script: Script = { plannedBytes: "unknown" };
  await codeOf(studio.run(started, { ...script, ...killAt(4) }, false));
  expect((await studio.audio(started)).bytes).toEqual(scriptedAudio(4, 1000));
  await studio.run(started, { ...script, chunks: 3 });
  expect(await studio.read(started)).toMatchObject({ state: "complete", generatedMs: 3000 });
  expect(await studio.audio(started)).toEqual({ bytes: scriptedAudio(3, 1000), closed: true });
});

test("an endless piece that the user has ended keeps its stored audio in a later run", async () => {
  await using studio = await createStudio();
  const started = await studio.start({ options: { endless: true } });
  const here = { section: undefined, bar: undefined };
  const run = (cuts: readonly number[], killAt: number) => {
    const generator = createScriptedGenerator({ plannedBytes: "unknown" });
    const audio = scriptedAudio(5, 1000);
    const endless: Generator = {
      ...generator,
      async start(request, signal) {
        const { plan } = await generator.start(request, signal);
        const chunks = (async function* () {
          for (const [index, end] of cuts.entries()) {
            if (index === killAt) throw new Error("killed");
            const startMs = cuts[index - 1] ?? 0;
            const bytes = audio.slice(startMs, end);
            yield { bytes, startMs, durationMs: end - startMs, peaks: new Int8Array(100), ...here };
          }
        })();
        return { plan: { ...plan, isEndless: true }, chunks };
      },
    };
    return runGeneration(
      { ...studio.deps, generator: endless },
      { businessId: studio.business.id, requestId: started.requestId, lastAttempt: false },
      noSignal,
    );
  };
  expect(await codeOf(run([1000, 2000, 3000], 2))).toBe("Error: killed");
  await studio.deps.databases.use(studio.business.id, ({ kysely }) =>
    kysely.updateTable("generations").set({ generatedMs: 2000 }).execute(),
  );
  await cancelGeneration(studio.deps, studio.alice, started.requestId);
  await run([1500, 3000, 4500], -1);
  expect(await studio.audio(started)).toEqual({ bytes: scriptedAudio(2, 1000), closed: true });
  expect(await studio.read(started)).toMatchObject({ state: "complete", generatedMs: 2000 });
});

test("an interrupted generation fails if its generator is not deterministic and can't resume", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  const script: Script = { deterministic: false };
  await codeOf(
    studio.run(
      started,
      { ...script, beforeChunk: (index) => (index === 2 ? Promise.reject(new Error("killed")) : undefined) },
      false,
    ),
  );
  await studio.run(started, script);
  expect(await studio.read(started)).toMatchObject({ state: "failed" });
  expect((await studio.audio(started)).bytes).toEqual(scriptedAudio(2, 1000));
});

test("on a full disk, a generation fails with STORAGE_FULL without a further attempt", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  let appends = 0;
  const full: ChunkStore = {
    ...studio.deps.streams,
    append: (key, append) =>
      append.chunks.length > 0 && ++appends === 6
        ? Promise.reject(new AppError("STORAGE_FULL", "The disk is full."))
        : studio.deps.streams.append(key, append),
  };
  await studio.run(started, {}, false, full);
  expect(await studio.read(started)).toMatchObject({ state: "failed", reasonCode: "STORAGE_FULL" });
  expect((await studio.audio(started)).closed).toBe(true);
});

test("if a generation's job is missing in the queue, the sweep adds the job once", async () => {
  await using studio = await createStudio();
  const cut = { ...studio.deps, jobs: { ...studio.deps.jobs, add: () => Promise.reject(new Error("away")) } };
  const started = await startGeneration(cut, studio.alice, { prompt: "rain", durationSeconds: 30 });
  expect(await studio.deps.jobs.list({ queue: "generation" })).toEqual([]);
  expect(await sweepGenerations(studio.deps, noSignal)).toMatchObject({ handedOver: 1, ended: 0 });
  expect(await sweepGenerations(studio.deps, noSignal)).toMatchObject({ handedOver: 0, ended: 0 });
  expect(await studio.deps.jobs.list({ queue: "generation" })).toMatchObject([{ id: started.requestId }]);
});

test("the sweep ends a generation whose job has failed", async () => {
  await using studio = await createStudio();
  const started = await studio.start();
  const worker = studio.deps.jobs.work("generation", () => Promise.reject(new Error("boom")), {
    concurrency: 1,
  });
  const gaveUp = async () =>
    (await studio.deps.jobs.list({ queue: "generation", state: "failed" })).length === 1;
  for (let tries = 0; !(await gaveUp()) && tries < 400; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  await worker.close();
  // The process is killed when the row has its final state and the streams are still open. The job that closes the
  // streams is already stored.
  const killed = { ...studio.deps.streams, append: () => Promise.reject(new Error("killed")) };
  const swept = await sweepGenerations({ ...studio.deps, streams: killed }, noSignal);
  expect(swept).toMatchObject({ handedOver: 0, ended: 1 });
  expect(await studio.read(started)).toMatchObject({ state: "failed" });
  const [closing] = await studio.deps.jobs.list({ queue: "maintenance", id: `close-${started.requestId}` });
  await closeGenerationJob(studio.deps)(closing!, {
    signal: noSignal,
    reportProgress: async () => {},
    isWanted: async () => false,
  });
  expect((await studio.events(started)).closed).toBe(true);
});
