// Opens the stores of the full profile for one test: new Postgres and Redis servers, MongoDB behind a proxy that can be
// disconnected, and a folder for objects.
import { join } from "node:path";
import { openLink } from "../../servers/breakable-link.ts";
import { hasMongo, startMongoServer } from "../../servers/mongodb-server.ts";
import { onCi } from "../../runners/on-ci.ts";
import {
  postgresPrograms,
  type PostgresServer,
  startPostgresServer,
} from "../../servers/postgres/postgres-server.ts";
import { hasRedis, keepingAll, startRedisServer } from "../../servers/redis-server.ts";
import { createTemporaryDirectory } from "../../temporary-directory.ts";

/** A store that can be made unreachable, and then reachable again with its data. */
export interface FallibleStore {
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface FleetStores extends AsyncDisposable {
  readonly directory: string;
  readonly objects: string;
  readonly postgres: PostgresServer;
  readonly redis: FallibleStore & { readonly url: string };
  /**
   * `kill` only disconnects MongoDB, and its process continues. The reason is the stand-in that the tests use on a
   * machine without MongoDB. The stand-in has its data in memory, so the data would be lost with the process.
   * `isDouble` is true for the stand-in.
   */
  readonly mongo: FallibleStore & {
    readonly url: string;
    readonly isDouble: boolean;
  };
  /** The environment variables with which a process uses these stores. */
  readonly environment: Record<string, string>;
}

/** Returns the servers that this machine lacks. On CI, throws an error if a server is missing. */
export function missingForFleet(): readonly string[] {
  const missing = [
    ...(postgresPrograms() === undefined ? ["a PostgreSQL server"] : []),
    ...(!hasRedis ? ["redis-server"] : []),
    ...(hasMongo ? [] : ["MongoDB or its stand-in"]),
  ];
  if (missing.length > 0 && onCi) throw new Error(`CI has to have ${missing.join(" and ")}.`);
  return missing;
}

export async function startFleetStores(): Promise<FleetStores> {
  await using undo = new AsyncDisposableStack();
  const directory = undo.use(await createTemporaryDirectory());
  const [postgres, redis, server] = await Promise.all([
    startPostgresServer().then((started) => undo.use(started)),
    startRedisServer(keepingAll).then((started) => undo.use(started)),
    startMongoServer().then((started) => undo.use(started)),
  ]);
  const mongoUrl = new URL(server.url);
  const link = undo.use(await openLink({ host: mongoUrl.hostname, port: Number(mongoUrl.port || 27_017) }));
  mongoUrl.host = `127.0.0.1:${link.port}`;
  mongoUrl.searchParams.set("directConnection", "true");
  const objects = join(directory.path, "objects");
  const stores = undo.move();

  return {
    directory: directory.path,
    objects,
    postgres,
    redis,
    mongo: { url: mongoUrl.href, isDouble: server.isDouble, kill: link.cut, start: link.mend },
    environment: {
      RONDO_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"),
      RONDO_CONTROL_URL: postgres.adminUrl,
      RONDO_BUSINESS_URL: postgres.adminUrl,
      RONDO_CHUNKS_URL: mongoUrl.href,
      RONDO_CACHE_URL: redis.url,
      RONDO_QUEUE_URL: redis.url,
      RONDO_OBJECTS_URL: `file:${objects}`,
    },
    [Symbol.asyncDispose]: () => stores.disposeAsync(),
  };
}
