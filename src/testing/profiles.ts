// Runs a suite on two profiles: the embedded profile, and the full profile. The full profile has a real Postgres
// server, a real Redis server, MongoDB (a real server or a stand-in), and a stand-in for a bucket.
import { afterAll, beforeAll, describe } from "bun:test";
import { embeddedOnly } from "./embedded-only.ts";
import { missingForFleet } from "./whole/processes/fleet-stores.ts";
import { startGcsServer } from "./servers/gcs/gcs-server.ts";
import { startMongoServer } from "./servers/mongodb-server.ts";
import {
  createPostgresDatabase,
  type PostgresServer,
  startPostgresServer,
} from "./servers/postgres/postgres-server.ts";
import { keepingAll, startRedisServer } from "./servers/redis-server.ts";

export interface ProfileStores extends AsyncDisposable {
  /** The environment variables with which a process or a studio uses these stores. */
  readonly environment: Record<string, string>;
}

export interface Profile {
  readonly name: "embedded" | "full";
  /**
   * On the full profile, creates new stores for this call. If MONGODB_URL names a MongoDB server, all
   * calls share this server. On the embedded profile, creates nothing, because each process or studio
   * has its stores in its own folder.
   */
  openStores(): Promise<ProfileStores>;
}

/**
 * Calls `define` for each profile. `define` defines the tests of the profile. If this machine lacks a server of the
 * full profile, the tests on the full profile are skipped and the reason is logged. On CI, a missing
 * server is an error. With RONDO_TEST_PROFILES=embedded, there are no tests on the full profile.
 */
export function onEachProfile(define: (profile: Profile) => void): void {
  describe("on the embedded profile", () => {
    define({
      name: "embedded",
      // The embedded stores are files in the folder of the process or the studio.
      openStores: async () => ({ environment: {}, async [Symbol.asyncDispose]() {} }),
    });
  });

  if (embeddedOnly) return;
  const missing = missingForFleet();
  if (missing.length > 0)
    console.log(`skipped on the full profile: this machine has no ${missing.join(" and no ")}`);
  describe.skipIf(missing.length > 0)("on the full profile", () => {
    let postgres: PostgresServer;
    beforeAll(async () => {
      postgres = await startPostgresServer();
    }, 60_000);
    afterAll(() => postgres[Symbol.asyncDispose]());
    define({ name: "full", openStores: () => openFullProfile(postgres) });
  });
}

async function openFullProfile(postgres: PostgresServer): Promise<ProfileStores> {
  await using undo = new AsyncDisposableStack();
  const databaseUrl = await createPostgresDatabase(postgres);
  const [redis, mongo] = await Promise.all([
    startRedisServer(keepingAll).then((started) => undo.use(started)),
    startMongoServer().then((started) => undo.use(started)),
  ]);
  const bucket = undo.use(startGcsServer());
  const stores = undo.move();
  return {
    environment: {
      RONDO_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"),
      RONDO_CONTROL_URL: databaseUrl,
      RONDO_BUSINESS_URL: databaseUrl,
      RONDO_CHUNKS_URL: mongo.url,
      RONDO_CACHE_URL: redis.url,
      RONDO_QUEUE_URL: redis.url,
      RONDO_OBJECTS_URL: bucket.url,
    },
    [Symbol.asyncDispose]: () => stores.disposeAsync(),
  };
}
