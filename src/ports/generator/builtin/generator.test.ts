// Tests that the built-in generator fulfils the contract of generators, that generations take turns in its thread,
// and what happens when the thread fails.

import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { isAppError } from "../../../errors.ts";
import { createBuiltinGenerator } from "./generator.ts";
import { generatorContract } from "../contract.ts";
import type { GeneratedChunk, Generation } from "../generator.ts";

// Most tests share one thread, because a new thread first compiles the composer's code.
const generator = createBuiltinGenerator({ isWarm: false });
afterAll(() => generator.close());

let isShared = false;
/**
 * The first call returns the shared generator, which the suite can't close. Each later call returns a new generator,
 * because one test of the suite closes its generator.
 */
const createForSuite = () => {
  if (isShared) return createBuiltinGenerator({ isWarm: false });
  isShared = true;
  return { ...generator, close: async () => undefined };
};
generatorContract({ name: "built-in", create: createForSuite });

setDefaultTimeout(60_000);
const house = {
  requestId: "r",
  businessId: "acme",
  owner: "alice",
  userId: "alice",
  versionId: "v",
  prompt: "house",
  seed: 3,
  durationSeconds: 10,
};
const signal = (): AbortSignal => new AbortController().signal;

const firstOf = async ({ chunks }: Generation): Promise<GeneratedChunk | undefined> => {
  for await (const chunk of chunks) return chunk;
  return undefined;
};

describe("the composer's thread", () => {
  test("gives a new generation its first chunk before older generations end", async () => {
    const aborts = [1, 2, 3].map(() => new AbortController());
    const order: string[] = [];
    const older = aborts.map(async ({ signal: stop }, index) => {
      const generation = await generator.start({ ...house, seed: index, durationSeconds: 60 }, stop);
      for await (const _ of generation.chunks);
      order.push("older");
    });
    const newcomer = await generator.start({ ...house, seed: 9 }, signal());
    await firstOf(newcomer);
    order.push("newcomer");
    for (const abort of aborts) abort.abort();
    await Promise.allSettled(older);
    expect(order[0]).toBe("newcomer");
  });

  test("does not block the event loop of the caller", async () => {
    const unread = await generator.start({ ...house, durationSeconds: 12 }, signal());
    let turns = 0;
    const timer = setInterval(() => turns++, 2);
    let chunks = 0;
    // While this loop reads another generation, nobody reads `unread`. So the thread has time to render all chunks of
    // `unread` that the thread is allowed to make ahead.
    for await (const _ of (await generator.start(house, signal())).chunks) chunks++;
    clearInterval(timer);
    // If the chunks were rendered in the thread of this test, each chunk would block the event loop for a long time.
    expect(turns).toBeGreaterThan(2 * chunks);
    const reader = unread.chunks[Symbol.asyncIterator]();
    let ready = 0;
    let bytes = 0;
    let isWaiting = false;
    for (;;) {
      const next = reader.next();
      isWaiting ||= await Promise.race([next.then(() => false), nextTurn().then(() => true)]);
      if (!isWaiting) ready++;
      const { value, done } = await next;
      if (done) break;
      bytes += value.bytes.length;
    }
    expect(ready).toBeGreaterThan(5);
    expect(ready).toBeLessThanOrEqual(9);
    expect(bytes).toBe(unread.plan.plannedBytes ?? 0);
  });
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a failure of the composer's thread", () => {
  const crashing = new URL("../../../testing/sound/crashing-composer.ts", import.meta.url);

  test("ends each generation of the thread with an error", async () => {
    await using failing = disposable(createBuiltinGenerator({ thread: crashing }));
    for (let attempt = 0; attempt < 2; attempt++) {
      const generation = await failing.start(house, signal());
      const failure = await firstOf(generation).catch((err: unknown) => err);
      expect(isAppError(failure, "GENERATION_FAILED")).toBe(true);
    }
  });

  test("of reading the sound bank has a hint with the name of the sound bank's default file", async () => {
    await using failing = disposable(
      createBuiltinGenerator({ soundBank: new URL("file:///nowhere/bank.sf3") }),
    );
    const failure = await failing.start(house, signal()).catch((err: unknown) => err);
    expect(isAppError(failure, "GENERATION_FAILED") && failure.hint).toContain("instruments.sf3");
  });

  test("of reading the encoder has a hint with the name of the encoder's default file", async () => {
    await using failing = disposable(createBuiltinGenerator({ lame: new URL("file:///nowhere/mp3.wasm") }));
    const failure = await failing.start(house, signal()).catch((err: unknown) => err);
    expect(isAppError(failure, "GENERATION_FAILED") && failure.hint).toContain("mp3.wasm");
  });
});

const disposable = (generator: ReturnType<typeof createBuiltinGenerator>) => ({
  ...generator,
  [Symbol.asyncDispose]: () => generator.close(),
});
