// Creates two businesses with users, and functions with which tests request and generate pieces for these users.
import type { UserCaller } from "../accounts/caller.ts";
import { openCache } from "../deps/open-cache.ts";
import { AppError } from "../errors.ts";
import { runGeneration } from "../generations/run/run-generation.ts";
import type { StartedGeneration } from "../generations/queue/place-generation.ts";
import { startGeneration, type StartGenerationInput } from "../generations/start-generation.ts";
import type { Generator } from "../ports/generator/generator.ts";
import { createStreams } from "../streams/streams.ts";
import { createScriptedGenerator, type Script } from "./sound/scripted-generator.ts";
import { createTestStores, silentLog } from "./test-stores.ts";

export const noSignal = new AbortController().signal;

export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "no error",
    (err: unknown) => (err instanceof AppError ? err.code : String(err)),
  );

export async function createStudio(
  environment: Record<string, string> = {},
  options: Parameters<typeof createTestStores>[1] = {},
) {
  const stores = await createTestStores(environment, options);
  const business = await stores.createBusiness();
  const other = await stores.createBusiness();
  const alice = await stores.createUser(business, "alice");
  const bob = await stores.createUser(business, "bob");
  /** A user of another business who has the same id as `alice`. */
  const otherAlice = await stores.createUser(other, "alice");
  const cache = await openCache(stores.config, silentLog);
  const streams = createStreams({ store: stores.deps.chunkStore, cache });
  const deps = { ...stores.deps, streams, log: silentLog };

  const start = (input: Partial<StartGenerationInput> = {}, caller: UserCaller = alice) =>
    startGeneration(deps, caller, { prompt: "slow piano", durationSeconds: 30, seed: 7, ...input });
  /**
   * Runs a generation as its last attempt. So if the generator fails, the generation gets the state "failed", and `run`
   * resolves. `run` rejects only if a store or the generator is unavailable.
   */
  const run = async (
    { requestId }: Pick<StartedGeneration, "requestId">,
    {
      generator = createScriptedGenerator(),
      caller = alice,
      signal = noSignal,
    }: { generator?: Generator; caller?: UserCaller; signal?: AbortSignal } = {},
  ): Promise<void> =>
    runGeneration(
      { ...deps, generator, stallMs: 20_000 },
      { businessId: caller.businessId, requestId, lastAttempt: true },
      signal,
    );

  return {
    stores,
    business,
    deps,
    alice,
    bob,
    otherAlice,
    /** Requests a piece and runs its generation to the end. */
    async make(
      input: Partial<StartGenerationInput> = {},
      caller: UserCaller = alice,
      script: Script = {},
    ): Promise<StartedGeneration> {
      const started = await start(input, caller);
      await run(started, { caller, generator: createScriptedGenerator(script) });
      return started;
    },
    start,
    run,
    async [Symbol.asyncDispose]() {
      streams.close();
      await cache.close();
      await stores[Symbol.asyncDispose]();
    },
  };
}

export type Studio = Awaited<ReturnType<typeof createStudio>>;
