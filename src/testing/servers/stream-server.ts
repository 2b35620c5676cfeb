// Starts a real server of the Durable Streams protocol, with the same fast path for reads as in
// production. By default, the streams are stored in SQLite files in a new folder, and belong to the
// business `testBusinessId`.
import { Hono } from "hono";
import { announceClose } from "../../bun/announce-close.ts";
import { problemResponse } from "../../http/answers/problem.ts";
import { createCachedPages } from "../../http/durable-streams/cached-pages.ts";
import type { ReadLimits } from "../../http/durable-streams/read.ts";
import { type StreamWrites, streamRoutes } from "../../http/durable-streams/router.ts";
import { addFastPath } from "../../http/reads/fast-path.ts";
import { pathOf } from "../../http/reads/read.ts";
import { routeReads } from "../../http/reads/route-reads.ts";
import { createStreamRead } from "../../http/reads/stream-read.ts";
import { createRequestRecords } from "../../http/requests/request-record.ts";
import type { HttpEnv } from "../../http/wire.ts";
import type { ChunkCache } from "../../ports/chunk-cache/chunk-cache.ts";
import { createMemoryChunkCache } from "../../ports/chunk-cache/memory/cache.ts";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { createSqliteChunkStore } from "../../ports/chunk-store/sqlite/store.ts";
import type { OpenBody } from "../../streams/relay/body.ts";
import { createDirectBodies } from "../../bun/direct-body.ts";
import { type Streams, createStreams } from "../../streams/streams.ts";
import { createTemporaryDirectory } from "../temporary-directory.ts";
import { silentLog } from "../test-stores.ts";

export interface StreamServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly store: ChunkStore;
  readonly streams: Streams;
  /** Opens another handle on the same streams, as another process would. The handle is closed with the server. */
  openStore(): ChunkStore;
}

export interface StreamServerOptions extends Omit<Partial<StreamWrites>, "streams" | "resolveKey"> {
  /** Returns the key of the stream that a request is allowed to read and write. */
  readonly resolveKey?: (request: Request) => StreamKey | Promise<StreamKey>;
  /** Whether every write is refused. */
  readonly isReadOnly?: boolean;
  readonly limits?: Partial<ReadLimits>;
  /** The folder of the SQLite files; by default a new folder, which is deleted when the server is closed. */
  readonly directory?: string;
  readonly port?: number;
  readonly stallMs?: number;
  /** Opens the body of a response; by default in the same way as in production. */
  readonly openBody?: OpenBody;
  /** By default SQLite files in `directory` and a cache in memory. Stores and cache are closed with the server. */
  readonly stores?: { readonly openStore: () => ChunkStore; readonly cache: ChunkCache };
  /** Mounts additional routes beside the protocol. */
  readonly mount?: (app: Hono<HttpEnv>, streams: Streams) => void;
}

export const testBusinessId = "acme";
const idleSeconds = 60;
const prefix = "/v1/stream/";
const ownKeyOf = (address: string): StreamKey => ({
  businessId: testBusinessId,
  path: decodeURIComponent(address.slice(prefix.length)),
});

export async function createStreamServer(options: StreamServerOptions = {}): Promise<StreamServer> {
  const {
    directory: folder,
    port = 0,
    stallMs,
    openBody: given,
    mount,
    stores,
    limits,
    resolveKey,
    isReadOnly,
    ...writes
  } = options;
  const temporary = folder === undefined ? await createTemporaryDirectory() : undefined;
  const directory = folder ?? temporary?.path ?? "";
  const opened: ChunkStore[] = [];
  const openStore = (): ChunkStore => {
    const handle = stores?.openStore() ?? createSqliteChunkStore({ directory });
    opened.push(handle);
    return handle;
  };
  const bodies = createDirectBodies();
  const openBody = given ?? bodies.openBody;
  const store = openStore();
  const cache = stores?.cache ?? createMemoryChunkCache();
  const streams = createStreams({ store, cache, openBody, ...(stallMs === undefined ? {} : { stallMs }) });
  const keyOf = resolveKey ?? (({ url }: Request) => ownKeyOf(pathOf(url)));
  const app = new Hono<HttpEnv>();
  app.onError((err) => problemResponse(err, "test"));
  mount?.(app, streams);
  const read = createStreamRead(
    { streams, limits, pages: createCachedPages() },
    {
      route: `${prefix}*`,
      match: (path) => (path.startsWith(prefix) ? { path } : undefined),
      keyOf: ({ request }) => keyOf(request),
    },
  );
  routeReads(app, [read], "");
  app.route(
    prefix,
    isReadOnly
      ? streamRoutes()
      : streamRoutes({
          streams,
          resolveKey: (c) => keyOf(c.req.raw),
          resolveSource: (_c, forkedFrom) => ownKeyOf(forkedFrom),
          ...writes,
        }),
  );
  addFastPath(app, {
    reads: [read],
    begin: createRequestRecords({
      log: silentLog,
      metrics: { countRequest() {} },
      newRequestId: () => "test",
      countFailure: () => undefined,
    }),
    callerOf: () => undefined,
    countCall: () => undefined,
  });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    idleTimeout: idleSeconds,
    development: false,
    fetch: announceClose((req) => app.fetch(req)),
  });
  bodies.servedBy(server, idleSeconds);
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port ?? 0,
    store,
    streams,
    openStore,
    async [Symbol.asyncDispose]() {
      streams.close();
      await server.stop(true);
      await Promise.all(opened.map((handle) => handle.close()));
      await cache.close();
      await temporary?.[Symbol.asyncDispose]();
    },
  };
}
