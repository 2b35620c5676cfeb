// Opens the dependencies of the API process.
import { join } from "node:path";
import type { PasswordHasher } from "../accounts/passwords/passwords.ts";
import type { AppDeps } from "../apps/apply-app.ts";
import { createCommonAppBringer, readCommonApp } from "../apps/common-app.ts";
import { type BusinessSpecs, createBusinessSpecs } from "../apps/business-specs.ts";
import { createArgon2id } from "../bun/argon2id.ts";
import { createDirectBodies, type DirectBodies } from "../bun/direct-body.ts";
import { loadOperatorKey, type OperatorKey } from "../businesses/secrets/operator-key.ts";
import type { Config } from "../config/config.ts";
import { createRenderedFiles, type RenderedFiles } from "../library/files/rendered-files.ts";
import { createLibraryThreads, type LibraryThreads } from "../library/files/threads/library-threads.ts";
import { createRecallingChunks } from "../library/tiers/recalling-chunks.ts";
import { type ListedHealth, listHealth } from "../generators/list-health.ts";
import { createGeneratorWaits, type GeneratorWaits } from "../generators/generator-waits.ts";
import type { Generator } from "../ports/generator/generator.ts";
import { openJobBoard } from "../ports/job-queue/open.ts";
import type { JobBoard } from "../ports/job-queue/technology.ts";
import { openRateLimiter } from "../ports/rate-limiter/open.ts";
import type { RateLimiter } from "../ports/rate-limiter/rate-limiter.ts";
import { createMovesHere, type MovesHere } from "../moves/business/moves-here.ts";
import { createLiveUsage, type LiveUsage } from "../usage/live-usage.ts";
import type { Log } from "../process/log.ts";
import { openStore } from "../process/start-errors.ts";
import { createStreams, type Streams } from "../streams/streams.ts";
import { openCache } from "./open-cache.ts";
import { openGenerators } from "./open-generators.ts";
import { createOwnGenerators } from "./own-generators.ts";
import { createAudioIntake } from "../intake/intake.ts";
import { openSpecs } from "./open-specs.ts";
import { createMoveDeps } from "./move-deps.ts";
import { createAppDeps } from "./app-deps.ts";
import { openScratch, querySpecs } from "./scratch-database.ts";
import { createSharedDeps, type SharedDeps } from "./shared-deps.ts";

export interface ApiDeps extends SharedDeps {
  /** The operator's key. If the settings contain none, the API creates one at its first start and prints it once. */
  readonly operatorKey: OperatorKey;
  /** The first generator of the settings. The API uses it only to change plans, because only the worker makes music. */
  readonly generator: Pick<Generator, "name" | "revise" | "durationOf" | "describe">;
  readonly generatorWaits: GeneratorWaits;
  /** Starts the moves of businesses to other databases in this process, and returns their state. */
  readonly movesHere: MovesHere;
  /** Returns the state of each generator. A generator that doesn't answer gets the status "failed" after 3 seconds. */
  generatorHealth(): Promise<readonly ListedHealth[]>;
  /** Returns the generator of RONDO_GENERATORS with this name. */
  generatorNamed(name: string): ApiDeps["generator"] | undefined;
  /** Returns the generator with this name, if the business has its own key or address for this generator. */
  ownGeneratorNamed(businessId: string, name: string): Promise<ApiDeps["generator"] | undefined>;
  readonly streams: Streams;
  /** The named queries: those of Rondo and those of each business. */
  readonly specs: BusinessSpecs;
  readonly apps: AppDeps;
  /** Returns a short hash of a string for ETags. The hash is faster than SHA-1, but not cryptographic. */
  digest(text: string): string;
  /** Returns a version 7 UUID. */
  newRequestId(): string;
  /** Threads for work that would block the serving thread for too long. */
  readonly threads: LibraryThreads;
  readonly files: RenderedFiles;
  readonly passwords: PasswordHasher;
  readonly limiter: RateLimiter;
  readonly rateLimits: Config["rateLimits"];
  readonly signInLimit: Config["signInLimit"];
  readonly mailLimit: Config["mailLimit"];
  /** Whether a mail server is configured. */
  readonly hasMail: boolean;
  readonly failedCredentialLimit: Config["failedCredentialLimit"];
  readonly liveLimits: Config["liveLimits"];
  readonly trustedProxies: number;
  readonly publicUrl: string | undefined;
  /** The queues for the web page of bull-board. Undefined if bull-board doesn't support the queue. */
  readonly jobBoard: JobBoard | undefined;
  /** Counts queries and served bytes. */
  readonly usage: LiveUsage;
  readonly servedBy: DirectBodies["servedBy"];
  /** Ends the responses of live listeners, who can reconnect later. */
  endListeners(): void;
}

/** Only tests pass `options`: a password hasher that is faster than Argon2id. */
export async function createApiDeps(
  config: Config,
  log: Log,
  options: Partial<Pick<ApiDeps, "passwords">> = {},
): Promise<ApiDeps> {
  const shared = await createSharedDeps(config, log);
  const cache = await openStore("RONDO_CACHE_URL", config.cacheUrl, () => openCache(config, log));
  // The chunks of old audio expire. When a client of the API reads such audio, this wrapper of the chunk store adds a
  // job. In this job, the worker copies the audio from the object store back to the chunk store.
  const store = createRecallingChunks(shared.chunkStore, shared);
  const { openBody, servedBy } = createDirectBodies();
  const streams = createStreams({ store, cache, openBody });
  const rondoSpecs = await openStore("RONDO_BUSINESS_URL", config.businessUrl, () =>
    openSpecs({ ...shared, dir: querySpecs, watch: config.watchSpecs, openScratch }),
  );
  const apps = createAppDeps(shared, (businessId) => specs.forget(businessId));
  const common = config.app === undefined ? undefined : await readCommonApp(apps, config.app);
  const bringer = common && createCommonAppBringer(apps, common, log);
  const specs = createBusinessSpecs(rondoSpecs, log, bringer);
  const threads = createLibraryThreads();
  const files = await createRenderedFiles({
    folder: join(config.dataDir, "rendered"),
    threads,
    openBlob: (path) => Bun.file(path),
  });
  const jobBoard = await openStore("RONDO_QUEUE_URL", config.queueUrl, () =>
    openJobBoard(config.queueUrl, {
      onError: (err) => log.warn({ err }, "the job board reported an error"),
    }),
  );
  const limiter = await openStore("RONDO_CACHE_URL", config.cacheUrl, () =>
    openRateLimiter(config.cacheUrl, {
      onError: (err) =>
        log.warn(
          { err },
          "the rate limiter reported an error; until it works, this process counts only its own calls",
        ),
    }),
  );
  const intake = createAudioIntake();
  const generators = await openGenerators(config, { isWarm: false, intake, log });
  const ownOf = createOwnGenerators(config, shared.generatorKeys, { isWarm: false, intake });
  const usage = createLiveUsage({ ...shared, log });
  return {
    ...shared,
    usage,
    threads,
    files,
    passwords: options.passwords ?? createArgon2id(),
    limiter,
    rateLimits: config.rateLimits,
    signInLimit: config.signInLimit,
    mailLimit: config.mailLimit,
    hasMail: config.mailUrl !== undefined,
    failedCredentialLimit: config.failedCredentialLimit,
    liveLimits: config.liveLimits,
    trustedProxies: config.trustedProxies,
    jobBoard,
    operatorKey: await loadOperatorKey(shared.control, config.operatorKey),
    generator: generators.generator,
    generatorWaits: createGeneratorWaits({
      generators: generators.byName,
      limitSeconds: config.generatorWaitSeconds,
      ownOf: shared.generatorKeys.find,
    }),
    movesHere: createMovesHere({
      ...shared,
      open: (addresses) => createMoveDeps(config, shared, addresses),
    }),
    generatorHealth: () => listHealth(generators.byName),
    generatorNamed: (name) => generators.choice?.find(name),
    ownGeneratorNamed: async (businessId, name) => {
      const own = (await ownOf(businessId)).get(name);
      return own && { ...own.generator, name };
    },
    streams,
    specs,
    apps,
    digest: (text) => Bun.hash(text).toString(36),
    newRequestId: () => Bun.randomUUIDv7(),
    publicUrl: config.publicUrl,
    servedBy,
    endListeners: () => streams.close(),
    async close() {
      await usage.close();
      specs.close();
      streams.close();
      await generators.close();
      await files.close();
      await threads.close();
      await jobBoard?.close();
      await limiter.close();
      await cache.close();
      await shared.close();
    },
  };
}
