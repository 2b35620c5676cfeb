// Opens the dependencies that the API, the worker and the command line share: the stores and the authentication of
// callers. The database of a business is opened at its first use.
import { hkdfSync } from "node:crypto";
import { join } from "node:path";
import type { AuthenticateDeps } from "../accounts/authenticate.ts";
import { createSessions } from "../accounts/sessions/sessions.ts";
import { type BusinessFaults, createBusinessFaults } from "../businesses/due/business-faults.ts";
import { checkMasterKey } from "../businesses/secrets/check-master-key.ts";
import type { CreateBusinessDeps } from "../businesses/lifecycle/create-business.ts";
import { createDueWork, type DueWork } from "../businesses/due/due-work.ts";
import { createSchemaRecords, type SchemaRecords } from "../businesses/fleet/schema-records.ts";
import { createGeneratorKeys, type GeneratorKeys } from "../businesses/secrets/generator-keys.ts";
import { createBusinessKeys } from "../businesses/secrets/keys.ts";
import {
  createOpenDatabases,
  type OpenDatabases,
  type OpenDatabasesOptions,
} from "../businesses/databases/open-databases.ts";
import { createOutboxFlushing } from "../businesses/outbox/outbox-flushing.ts";
import { provisionerOfEach } from "../businesses/databases/provisioner-of-each.ts";
import { createPreviewDatabases, type PreviewDatabases } from "../businesses/previews/preview-databases.ts";
import { createRegistry } from "../businesses/registry.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import { findDerivationKey } from "../businesses/secrets/derivation-key.ts";
import { loadMasterKeys } from "../businesses/secrets/master-key-file.ts";
import { createSealing } from "../businesses/secrets/sealing.ts";
import type { Config } from "../config/config.ts";
import { isAppError } from "../errors.ts";
import { createWriteTokens, type WriteTokens } from "../generations/run/write-tokens.ts";
import type { ReadinessCheck } from "../http/routes/operator/health.ts";
import type { JobsEnd } from "../moves/stores/move-jobs.ts";
import type { ChunksEnd } from "../moves/stores/move-chunks.ts";
import type { BusinessProvisioner } from "../ports/business-provisioner/business-provisioner.ts";
import { provisionerAt, provisioners } from "../ports/business-provisioner/open.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import { endpointDialling } from "../webhooks/endpoint-url.ts";
import { allowsAlso, createDialPublic, type Dial } from "../ports/dial-public.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";
import type { ObjectLinks } from "../ports/object-store/object-links.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import { isOnDisk } from "../ports/store-url.ts";
import { createDiskRoom, type DiskRoom } from "../process/disk-room.ts";
import type { Log } from "../process/log.ts";
import { keepFilesPrivate } from "../process/private-files.ts";
import { createRepeatedErrors } from "../process/repeated-errors.ts";
import { checkFolders, openStore } from "../process/start-errors.ts";
import { openChunks } from "./open-chunks.ts";
import { openControl } from "./open-control.ts";
import { migrationsOf, schemaOf } from "./migrations-of.ts";
import type { MovePair } from "./move-pair.ts";
import { openJobs } from "./open-jobs.ts";
import { openObjects } from "./open-objects.ts";

export interface SharedDeps extends CreateBusinessDeps, Omit<AuthenticateDeps, "operatorKey"> {
  readonly databases: OpenDatabases;
  readonly previews: PreviewDatabases;
  readonly log: Log;
  readonly jobs: JobQueue;
  readonly due: DueWork;
  readonly faults: BusinessFaults;
  /** The schemas of the businesses' databases. */
  readonly schemas: SchemaRecords;
  readonly chunkStore: ChunkStore;
  /** Undefined if all audio stays in the chunk store. */
  readonly objects: ObjectStore | undefined;
  /** Links to finished audio in the object store, for clients. Undefined if the API itself serves finished audio. */
  readonly objectLinks: ObjectLinks | undefined;
  /**
   * The former and the new store of each type, while content is being moved between them. Undefined for
   * a type whose content is not being moved.
   */
  readonly moves: {
    readonly objects: MovePair<ObjectStore> | undefined;
    readonly chunks: MovePair<ChunksEnd> | undefined;
    readonly jobs: MovePair<JobsEnd> | undefined;
  };
  readonly trashDays: number;
  readonly accountGraceDays: number;
  readonly chunkRetentionMs: number;
  readonly makingLimits: Config["makingLimits"];
  readonly writeTokens: WriteTokens;
  readonly generatorKeys: GeneratorKeys;
  /** The names in RONDO_GENERATORS. Empty if RONDO_GENERATORS is not set. */
  readonly generatorNames: readonly string[];
  /** Checks and resolves the addresses of webhook endpoints. */
  readonly dialWebhook: Dial;
  readonly room: DiskRoom;
  readonly checks: readonly ReadinessCheck[];
  close(): Promise<void>;
}

/**
 * After an error, the stores that were already opened stay open, so the process has to end. Tests
 * of moves set a shorter `freshMs`, the time for which the credentials of a business are cached.
 */
export async function createSharedDeps(
  config: Config,
  log: Log,
  part: Part = "api",
  options: Pick<OpenDatabasesOptions, "freshMs"> = {},
): Promise<SharedDeps> {
  checkFolders(config);
  const data = { scheme: "file", location: config.dataDir };
  const masterKeys = await openStore("RONDO_DATA", data, () => {
    keepFilesPrivate(config, log);
    return loadMasterKeys(config);
  });
  const sealing = createSealing(masterKeys);
  const generatorNames = config.generators?.map(({ name }) => name) ?? [];
  const control = await openStore("RONDO_CONTROL_URL", config.controlUrl, async () => {
    const opened = await openControl(config);
    await checkMasterKey(opened, sealing);
    return opened;
  });
  const derivationKey = await findDerivationKey(control, sealing, masterKeys());
  await openStore("RONDO_BUSINESS_URL", config.businessUrl, () =>
    provisionerAt(config.businessUrl)
      .checkServer(config.businessUrl.location)
      .catch((err: unknown) => {
        // If the server is unavailable, the process starts nevertheless, because the server can become available later.
        if (!isAppError(err, "UNAVAILABLE")) throw err;
      }),
  );
  const provisioner = createProvisioner(config);
  const registry = createRegistry(control, sealing);
  const due = createDueWork(control);
  const faults = createBusinessFaults(control);
  const schemas = createSchemaRecords(control, await schemaOf(migrationsOf("business")));
  const databases = createOpenDatabases({
    control,
    sealing,
    provisioner,
    due,
    faults,
    schemas,
    flushOutbox: (businessId) => flushing.flush(businessId),
    ...placesFor(config, part),
    ...options,
  });
  const previews = createPreviewDatabases({ control, sealing, provisioner, schemas });
  const room = createDiskRoom(config);
  const tellQueueError = createRepeatedErrors((facts) =>
    log.error(facts, "the job queue reported an error, and will try again"),
  );
  const { chunkStore, pair: chunkPair } = await openChunks(config, {
    credentialKey: keyFor(derivationKey, "rondo/chunk-store-credentials"),
    onError: (err) => log.error({ err }, "the chunk store reported an error, and will try again"),
  });
  const {
    objects,
    objectLinks,
    pair: objectPair,
  } = await openObjects(config, keyFor(derivationKey, "rondo/object-upload-notes"));
  const { jobs, pair: jobPair } = await openJobs(config, {
    onError(err) {
      // A full disk can't even store jobs that would delete data, so the reserve file is deleted to make room.
      if (isAppError(err, "STORAGE_FULL")) room.makeRoom();
      tellQueueError(err);
    },
  });

  const flushing = createOutboxFlushing({ databases, jobs, log });

  return {
    log,
    control,
    sealing,
    registry,
    databases,
    previews,
    sessions: createSessions(databases),
    due,
    faults,
    schemas,
    keys: createBusinessKeys(control),
    provisioner,
    chunkStore,
    objects,
    objectLinks,
    moves: { objects: objectPair, chunks: chunkPair, jobs: jobPair },
    trashDays: config.trashDays,
    accountGraceDays: config.accountGraceDays,
    chunkRetentionMs: config.chunkRetentionMs,
    makingLimits: config.makingLimits,
    writeTokens: createWriteTokens(keyFor(derivationKey, "rondo/write-tokens")),
    generatorKeys: createGeneratorKeys({
      ...{ control, sealing, dial: createDialPublic() },
      names: generatorNames,
    }),
    generatorNames,
    dialWebhook: createDialPublic(undefined, allowsAlso(config.webhookNetworks ?? []), endpointDialling),
    room,
    jobs,
    checks: [
      {
        name: "control database",
        setting: "RONDO_CONTROL_URL",
        run: async () => control.run("select 1", []),
      },
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
      await flushing.finish();
      await jobs.close();
      await databases.close();
      await previews.close();
      await provisioner.close();
      await chunkStore.close();
      await objects?.close();
      await control.close();
    },
  };
}

const keyFor = (derivationKey: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", derivationKey, "", purpose, 32));

/**
 * The returned provisioner creates new businesses on the engine in the settings. It opens each existing business on the
 * engine that has the database of the business.
 */
function createProvisioner({ businessUrl, dataDir, neon }: Config): BusinessProvisioner<BusinessTables> {
  const chosen = provisionerAt(businessUrl);
  const folder = join(dataDir, "businesses");
  const options = { migrations: migrationsOf("business"), folder, access: neon };
  return provisionerOfEach(
    chosen.create(businessUrl.location, options),
    provisioners
      .filter((technology) => technology !== chosen)
      .map((technology) => technology.create(undefined, options)),
  );
}

type Part = "api" | "worker" | "cli";

/**
 * The share of the database server's connections that each process can use for business databases. The shares are
 * calculated without `connectionsApart` connections, which stay free for the control database and the administrator.
 */
const shareOf: Readonly<Record<Part, number>> = { api: 0.55, worker: 0.35, cli: 0.1 };
const connectionsApart = 14;
/** The number of connections to one open business database. */
const connectionsEach = 2;

/**
 * Limits the number of open databases, because a server has few connections (Postgres: 100 by
 * default). If RONDO_DATABASE_CONNECTIONS is not set, one API, one worker and one command together
 * open no more connections to business databases than the server has.
 */
const placesFor = ({ businessUrl, databaseConnections }: Config, part: Part) => ({
  placesOf: (connections: number) =>
    Math.floor((databaseConnections ?? (connections - connectionsApart) * shareOf[part]) / connectionsEach),
  // How long a caller waits if the maximum number of databases is open. Then the caller gets an
  // error. A caller of the API can retry. A job waits longer, because other jobs use databases for a
  // long time.
  waitMs: part === "worker" ? 60_000 : 10_000,
  idleMs: isOnDisk(businessUrl) ? 60_000 : 30_000,
});
