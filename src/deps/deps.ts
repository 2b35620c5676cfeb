// Chooses the adapters: the one place where a URL becomes a technology. Nothing is opened before it is asked for.
import { hkdfSync } from "node:crypto";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PasswordHasher } from "../accounts/passwords.ts";
import type { AuthenticateDeps } from "../accounts/authenticate.ts";
import { createSessions } from "../accounts/sessions.ts";
import { createArgon2id } from "../bun/argon2id.ts";
import { type BusinessFaults, createBusinessFaults } from "../businesses/business-faults.ts";
import { checkMasterKey } from "../businesses/check-master-key.ts";
import type { ControlTables } from "../businesses/control-schema.ts";
import type { CreateBusinessDeps } from "../businesses/create-business.ts";
import { createDueWork, type DueWork } from "../businesses/due-work.ts";
import { createBusinessKeys } from "../businesses/keys.ts";
import { createOpenDatabases, type OpenDatabases } from "../businesses/open-databases.ts";
import { loadOperatorKey, type OperatorKey } from "../businesses/operator-key.ts";
import { provisionerOfEach } from "../businesses/provisioner-of-each.ts";
import { createRegistry } from "../businesses/registry.ts";
import { businessSchema, type BusinessTables } from "../businesses/schema.ts";
import { createSealing, loadMasterKey } from "../businesses/sealing.ts";
import type { SpecsTools } from "../cli/specs-tools.ts";
import type { Config, StoreUrl } from "../config/config.ts";
import { createDirectBodies, type DirectBodies } from "../bun/direct-body.ts";
import { createDiskRoom, type DiskRoom } from "../process/disk-room.ts";
import { AppError, isAppError, storeDamaged } from "../errors.ts";
import type { ReadinessCheck } from "../http/routes/health.ts";
import { createRecallingChunks } from "../library/tiers/recalling-chunks.ts";
import { createRenderedFiles, type RenderedFiles } from "../library/files/rendered-files.ts";
import { createLibraryThreads, type LibraryThreads } from "../library/files/threads/library-threads.ts";
import type { Log } from "../process/log.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import { createSqliteChunkStore } from "../ports/chunk-store/sqlite/store.ts";
import type { ChunkCache } from "../ports/chunk-cache/chunk-cache.ts";
import { createMemoryChunkCache } from "../ports/chunk-cache/memory/cache.ts";
import type { BusinessProvisioner } from "../ports/business-provisioner/business-provisioner.ts";
import { createNeonProvisioner } from "../ports/business-provisioner/neon/provisioner.ts";
import { createPostgresProvisioner } from "../ports/business-provisioner/postgres/provisioner.ts";
import { keepToItself } from "../ports/business-provisioner/postgres/rights.ts";
import { createSqliteProvisioner } from "../ports/business-provisioner/sqlite/provisioner.ts";
import type { Database } from "../ports/database/database.ts";
import { openSqlite } from "../ports/database/sqlite/database.ts";
import type { Generator } from "../ports/generator/generator.ts";
import type { BullmqBoard } from "../ports/job-queue/bullmq/board.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";
import { createSqliteJobQueue } from "../ports/job-queue/sqlite/queue.ts";
import { createFileObjectStore } from "../ports/object-store/file/store.ts";
import type { ObjectLinks } from "../ports/object-store/object-links.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import { keepFilesPrivate } from "../process/private-files.ts";
import { createMemoryRateLimiter } from "../ports/rate-limiter/memory/limiter.ts";
import type { RateLimiter } from "../ports/rate-limiter/rate-limiter.ts";
import { createChatCompletionsModel } from "../ports/language-model/chat-completions/model.ts";
import type { QuerySet } from "../queries/run/query-set.ts";
import { openSpecs } from "./open-specs.ts";
import { checkFolders, openStore } from "../process/start-errors.ts";
import { createRepeatedErrors } from "../process/repeated-errors.ts";
import { createStreams, type Streams } from "../streams/streams.ts";

const migrationsOf = (set: "control" | "business") => join(import.meta.dirname, "../../migrations", set);

const querySpecs = join(import.meta.dirname, "../../query-specs");

/** What both processes and the command line share: the stores, and who may use them. */
export interface SharedDeps extends CreateBusinessDeps, Omit<AuthenticateDeps, "operatorKey"> {
  readonly databases: OpenDatabases;
  readonly log: Log;
  readonly jobs: JobQueue;
  readonly due: DueWork;
  readonly faults: BusinessFaults;
  readonly chunkStore: ChunkStore;
  /** undefined: everything stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  /** undefined: finished audio goes through the API. */
  readonly objectLinks: ObjectLinks | undefined;
  readonly trashDays: number;
  readonly chunkRetentionMs: number;
  readonly makingLimits: Config["makingLimits"];
  readonly room: DiskRoom;
  readonly checks: readonly ReadinessCheck[];
  close(): Promise<void>;
}

export async function createSharedDeps(config: Config, log: Log, part: Part = "api"): Promise<SharedDeps> {
  checkFolders(config);
  const data = { scheme: "file", location: config.dataDir };
  const masterKey = await openStore("RONDO_DATA", data, () => {
    keepFilesPrivate(config, log);
    return loadMasterKey(config.masterKey);
  });
  const sealing = createSealing(masterKey);
  const control = await openStore("RONDO_CONTROL_URL", config.controlUrl, async () => {
    const opened = await openControl(config.controlUrl, config.dataDir);
    await checkMasterKey(opened, sealing);
    return opened;
  });
  await openStore("RONDO_BUSINESS_URL", config.businessUrl, () =>
    refuseSharedSessions(config.businessUrl).catch((err: unknown) => {
      // An unavailable server may come back while this process runs.
      if (!isAppError(err, "UNAVAILABLE")) throw err;
    }),
  );
  const provisioner = createProvisioner(config);
  const registry = createRegistry(control, sealing);
  const due = createDueWork(control);
  const faults = createBusinessFaults(control);
  const databases = createOpenDatabases({
    control,
    sealing,
    provisioner,
    due,
    faults,
    ...placesFor(config, part),
  });
  const room = createDiskRoom(config);
  const tellQueueError = createRepeatedErrors((facts) =>
    log.error(facts, "the job queue reported an error; it tries again"),
  );
  const chunkStore = await openStore("RONDO_CHUNKS_URL", config.chunksUrl, () =>
    openChunkStore(config.chunksUrl, masterKey, log),
  );
  const { objects, objectLinks } = await openStore("RONDO_OBJECTS_URL", config.objectsUrl, () =>
    openObjects(config, masterKey),
  );
  const jobs = await openStore("RONDO_QUEUE_URL", config.queueUrl, () =>
    openJobQueue(config.queueUrl, (err) => {
      // A queue that can't be written can't accept jobs that would delete something, so the reserve is freed.
      if (isAppError(err, "STORAGE_FULL")) room.makeRoom();
      tellQueueError(err);
    }),
  );

  return {
    log,
    control,
    sealing,
    registry,
    databases,
    sessions: createSessions(databases),
    due,
    faults,
    keys: createBusinessKeys(control),
    provisioner,
    chunkStore,
    objects,
    objectLinks,
    trashDays: config.trashDays,
    chunkRetentionMs: config.chunkRetentionMs,
    makingLimits: config.makingLimits,
    room,
    jobs,
    checks: [
      { name: "control database", setting: "RONDO_CONTROL_URL", run: () => control.run("select 1", []) },
      { name: "job queue", setting: "RONDO_QUEUE_URL", run: () => jobs.counts() },
      {
        name: "chunk store",
        setting: "RONDO_CHUNKS_URL",
        run: () => chunkStore.head({ businessId: "ready", path: "ready" }),
      },
      ...(objects
        ? [
            {
              name: "object store",
              setting: "RONDO_OBJECTS_URL",
              run: () => objects.head({ businessId: "ready", path: "ready" }),
            },
          ]
        : []),
    ],
    async close() {
      await jobs.close();
      await databases.close();
      await provisioner.close();
      await chunkStore.close();
      await objects?.close();
      await control.close();
    },
  };
}

const isPostgres = ({ scheme }: StoreUrl): boolean => scheme === "postgres" || scheme === "postgresql";

async function refuseSharedSessions(url: StoreUrl): Promise<void> {
  if (!isPostgres(url)) return;
  const pooler = await import("../ports/database/postgres/pooler.ts");
  await pooler.refuseSharedSessions(url.location);
}

async function openControl(url: StoreUrl, dataDir: string): Promise<Database<ControlTables>> {
  const migrations = migrationsOf("control");
  if (!isPostgres(url)) {
    await refuseEmptied(url.location, dataDir);
    const control = await openSqlite<ControlTables>({ file: url.location, migrations });
    await control.migrate();
    return control;
  }
  const { openPostgres } = await import("../ports/database/postgres/database.ts");
  await refuseSharedSessions(url);
  const control = await openPostgres<ControlTables>({ url: url.location, migrations, max: 5 });
  await control.migrate();
  await keepToItself(control, decodeURIComponent(new URL(url.location).pathname.slice(1)));
  return control;
}

/** A new control database is absent, or empty without other files. An empty one beside business files has lost its content. */
async function refuseEmptied(file: string, dataDir: string): Promise<void> {
  const isEmpty = (await stat(file).catch(() => undefined))?.size === 0;
  if (!isEmpty) return;
  const businesses = await readdir(join(dataDir, "businesses")).catch(() => []);
  if (businesses.some((name) => name.endsWith(".db"))) throw storeDamaged("The control database");
}

/** New businesses are made where the settings say; those on another engine are served where they are. */
function createProvisioner({ businessUrl, dataDir, neon }: Config): BusinessProvisioner<BusinessTables> {
  const migrations = migrationsOf("business");
  const files = createSqliteProvisioner<BusinessTables>({
    directory: businessUrl.scheme === "sqlite" ? businessUrl.location : join(dataDir, "businesses"),
    openDatabase: (file) => openSqlite({ file, migrations }),
  });
  const postgres = createPostgresProvisioner<BusinessTables>({
    adminUrl: isPostgres(businessUrl) ? businessUrl.location : undefined,
    migrations,
    async openDatabase(url) {
      const { openPostgres } = await import("../ports/database/postgres/database.ts");
      return openPostgres({ url, migrations });
    },
  });
  const branches = createNeonProvisioner<BusinessTables>({
    project: neon,
    migrations,
    async openDatabase(url) {
      const { openNeon } = await import("../ports/database/neon/database.ts");
      return openNeon({ url, migrations });
    },
  });
  const first = neon ? branches : isPostgres(businessUrl) ? postgres : files;
  return provisionerOfEach(first, [files, postgres, branches]);
}

type Part = "api" | "worker" | "cli";

/** The share of a server's connections, after those reserved for the control database and the administrator. */
const shareOf: Readonly<Record<Part, number>> = { api: 0.55, worker: 0.35, cli: 0.1 };
const connectionsApart = 14;
/** The connections of one open business database. */
const connectionsEach = 2;

/** A server has few connections (Postgres: 100 by default); one API and one worker never need more than it has. */
const placesFor = ({ businessUrl, databaseConnections }: Config, part: Part) => ({
  placesOf: (connections: number) =>
    Math.floor((databaseConnections ?? (connections - connectionsApart) * shareOf[part]) / connectionsEach),
  // A caller is told to retry. A job waits longer, since it also holds its place longer.
  waitMs: part === "worker" ? 60_000 : 10_000,
  idleMs: businessUrl.scheme === "sqlite" ? 60_000 : 30_000,
});

async function openJobQueue(
  { scheme, location }: StoreUrl,
  onError: (err: unknown) => void,
): Promise<JobQueue> {
  if (scheme === "sqlite") return createSqliteJobQueue({ file: location, onError });
  const { createBullmqJobQueue } = await import("../ports/job-queue/bullmq/queue.ts");
  return createBullmqJobQueue({ url: location, onError });
}

async function openJobBoard({ scheme, location }: StoreUrl, log: Log): Promise<BullmqBoard | undefined> {
  if (scheme === "sqlite") return undefined;
  const { openBullmqBoard } = await import("../ports/job-queue/bullmq/board.ts");
  return openBullmqBoard({
    url: location,
    onError: (err) => log.warn({ err }, "the board of the jobs stumbled"),
  });
}

async function openChunkStore(
  { scheme, location }: StoreUrl,
  masterKey: Uint8Array,
  log: Log,
): Promise<ChunkStore> {
  if (scheme === "sqlite") return createSqliteChunkStore({ directory: location });
  const { createMongoChunkStore } = await import("../ports/chunk-store/mongodb/store.ts");
  return createMongoChunkStore({
    url: location,
    credentialKey: new Uint8Array(hkdfSync("sha256", masterKey, "", "rondo/chunk-store-credentials", 32)),
    onError: (err) => log.error({ err }, "the chunk store stumbled; it tries again"),
  });
}

async function openObjects(
  { objectsUrl: { scheme, location }, objectPartBytes }: Config,
  masterKey: Uint8Array,
): Promise<Pick<SharedDeps, "objects" | "objectLinks">> {
  if (scheme === "none") return { objects: undefined, objectLinks: undefined };
  const parts = objectPartBytes === undefined ? {} : { partBytes: objectPartBytes };
  if (scheme === "file") {
    return { objects: createFileObjectStore({ folder: location, ...parts }), objectLinks: undefined };
  }
  const [{ createGcsObjectStore }, { parseGcsUrl }] = await Promise.all([
    import("../ports/object-store/gcs/store.ts"),
    import("../ports/object-store/gcs/url.ts"),
  ]);
  const noteKey = new Uint8Array(hkdfSync("sha256", masterKey, "", "rondo/object-upload-notes", 32));
  const bucket = createGcsObjectStore({ url: location, noteKey, ...parts });
  return { objects: bucket, objectLinks: parseGcsUrl(location).links ? bucket : undefined };
}

export async function openChunkCache({ scheme, location }: StoreUrl, log: Log): Promise<ChunkCache> {
  if (scheme === "memory") return createMemoryChunkCache();
  const { createRedisChunkCache } = await import("../ports/chunk-cache/redis/cache.ts");
  return createRedisChunkCache({
    url: location,
    onError: (err) => log.warn({ err }, "the chunk cache stumbled; the chunk store answers meanwhile"),
  });
}

async function openRateLimiter({ scheme, location }: StoreUrl, log: Log): Promise<RateLimiter> {
  if (scheme === "memory") return createMemoryRateLimiter();
  const { createRedisRateLimiter } = await import("../ports/rate-limiter/redis/limiter.ts");
  return createRedisRateLimiter({
    url: location,
    onError: (err) =>
      log.warn({ err }, "the rate limiter stumbled; this process counts for itself meanwhile"),
  });
}

export interface ApiDeps extends SharedDeps {
  /** The API alone makes it where there is none: it is the one that shows it. */
  readonly operatorKey: OperatorKey;
  /** Here it only changes plans; the worker's makes the music. */
  readonly generator: Pick<Generator, "name" | "revise" | "durationOf">;
  readonly streams: Streams;
  /** The named queries that are served. */
  readonly specs: { readonly current: QuerySet };
  /** A quick fingerprint of a text. */
  digest(text: string): string;
  /** A UUIDv7. */
  newRequestId(): string;
  /** Threads for work that would block the serving thread for too long. */
  readonly threads: LibraryThreads;
  readonly files: RenderedFiles;
  readonly passwords: PasswordHasher;
  readonly limiter: RateLimiter;
  readonly rateLimits: Config["rateLimits"];
  readonly signInLimit: Config["signInLimit"];
  readonly failedCredentialLimit: Config["failedCredentialLimit"];
  readonly liveLimits: Config["liveLimits"];
  readonly trustedProxies: number;
  readonly publicUrl: string | undefined;
  /** Where the queue has one. */
  readonly jobBoard: BullmqBoard | undefined;
  readonly servedBy: DirectBodies["servedBy"];
  /** Tells everyone who listens live to come back later. */
  endListeners(): void;
}

export async function createApiDeps(config: Config, log: Log): Promise<ApiDeps> {
  const shared = await createSharedDeps(config, log);
  // Who listens to what has expired brings it back; the worker, which does that, sees the store as it is.
  const cache = await openStore("RONDO_CACHE_URL", config.cacheUrl, () =>
    openChunkCache(config.cacheUrl, log),
  );
  const store = createRecallingChunks(shared.chunkStore, shared);
  const { openBody, servedBy } = createDirectBodies();
  const streams = createStreams({ store, cache, openBody });
  const specs = await openStore("RONDO_BUSINESS_URL", config.businessUrl, () =>
    openSpecs({ ...shared, dir: querySpecs, watch: config.watchSpecs, openScratch }),
  );
  const { createBuiltinGenerator } = await import("../ports/generator/builtin/generator.ts");
  const threads = createLibraryThreads();
  const files = await createRenderedFiles({
    folder: join(config.dataDir, "rendered"),
    threads,
    openBlob: (path) => Bun.file(path),
  });
  const jobBoard = await openStore("RONDO_QUEUE_URL", config.queueUrl, () =>
    openJobBoard(config.queueUrl, log),
  );
  const limiter = await openStore("RONDO_CACHE_URL", config.cacheUrl, () =>
    openRateLimiter(config.cacheUrl, log),
  );
  return {
    ...shared,
    threads,
    files,
    passwords: createArgon2id(),
    limiter,
    rateLimits: config.rateLimits,
    signInLimit: config.signInLimit,
    failedCredentialLimit: config.failedCredentialLimit,
    liveLimits: config.liveLimits,
    trustedProxies: config.trustedProxies,
    jobBoard,
    operatorKey: await loadOperatorKey(shared.control, config.operatorKey),
    generator: createBuiltinGenerator({ isWarm: false }),
    streams,
    specs,
    digest: (text) => Bun.hash(text).toString(36),
    newRequestId: () => Bun.randomUUIDv7(),
    publicUrl: config.publicUrl,
    servedBy,
    endListeners: () => streams.close(),
    async close() {
      specs.close();
      streams.close();
      await files.close();
      await threads.close();
      await jobBoard?.close();
      await limiter.close();
      await cache.close();
      await shared.close();
    },
  };
}

async function openScratch(): Promise<Database<BusinessTables>> {
  const scratch = await openSqlite<BusinessTables>({
    file: ":memory:",
    migrations: migrationsOf("business"),
  });
  await scratch.migrate();
  return scratch;
}

/** What `rondo specs` works with. */
export const createSpecsTools = (
  config: () => Config,
  terminal: Pick<SpecsTools, "print" | "confirm">,
): SpecsTools => ({
  ...terminal,
  dir: querySpecs,
  clientFile: join(import.meta.dirname, "../../web/src/lib/queries.generated.ts"),
  schema: businessSchema,
  openScratch,
  async openPostgres(url) {
    const { openPostgres } = await import("../ports/database/postgres/database.ts");
    return openPostgres<BusinessTables>({ url, migrations: migrationsOf("business") });
  },
  languageModel() {
    const { languageModel } = config();
    if (languageModel) return createChatCompletionsModel(languageModel);
    const hint = "For example RONDO_LLM_URL=http://127.0.0.1:11434/v1";
    throw new AppError("CONFIG_INVALID", "No language model is set.", {
      faults: [{ at: "RONDO_LLM_URL", message: "It is not set.", hint }],
    });
  },
  writeSpec: (file, text) =>
    writeFile(join(querySpecs, file), text, { flag: "wx" }).catch((cause: unknown) => {
      throw new AppError("CONFLICT", `query-specs/${file} can't be written, or is there already.`, { cause });
    }),
});

export interface WorkerDeps extends SharedDeps {
  readonly generator: Generator;
  readonly streams: Streams;
}

export async function createWorkerDeps(config: Config, log: Log): Promise<WorkerDeps> {
  const shared = await createSharedDeps(config, log, "worker");
  const { createBuiltinGenerator } = await import("../ports/generator/builtin/generator.ts");
  const generator = createBuiltinGenerator();
  const cache = await openStore("RONDO_CACHE_URL", config.cacheUrl, () =>
    openChunkCache(config.cacheUrl, log),
  );
  const streams = createStreams({ store: shared.chunkStore, cache });
  return {
    ...shared,
    generator,
    streams,
    async close() {
      await generator.close();
      streams.close();
      await cache.close();
      await shared.close();
    },
  };
}
