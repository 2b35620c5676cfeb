// A real server of the Durable Streams protocol over a SQLite store in a folder of its own, or over the stores it is given; every path belongs to one business.
import { Hono } from "hono";
import { announceClose } from "../../bun/announce-close.ts";
import { problemResponse } from "../../http/problem.ts";
import { type StreamRoutesOptions, streamRoutes } from "../../http/durable-streams/router.ts";
import type { ChunkCache } from "../../ports/chunk-cache/chunk-cache.ts";
import { createMemoryChunkCache } from "../../ports/chunk-cache/memory/cache.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import { createSqliteChunkStore } from "../../ports/chunk-store/sqlite/store.ts";
import type { OpenBody } from "../../streams/relay/body.ts";
import { createDirectBodies } from "../../bun/direct-body.ts";
import { type Streams, createStreams } from "../../streams/streams.ts";
import { createTemporaryDirectory } from "../temporary-directory.ts";

export interface StreamServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly store: ChunkStore;
  readonly streams: Streams;
  /** Another handle on the same files, as another process would have. */
  openStore(): ChunkStore;
}

export interface StreamServerOptions extends Partial<StreamRoutesOptions> {
  readonly directory?: string;
  readonly port?: number;
  readonly stallMs?: number;
  /** Else as Rondo itself is served. */
  readonly openBody?: OpenBody;
  /** Else over SQLite files in `directory`. */
  readonly stores?: { readonly openStore: () => ChunkStore; readonly cache: ChunkCache };
  /** Mounts more beside the protocol. */
  readonly mount?: (app: Hono, streams: Streams) => void;
}

export const testBusinessId = "acme";
const idleSeconds = 60;

export async function createStreamServer(options: StreamServerOptions = {}): Promise<StreamServer> {
  const { directory: folder, port = 0, stallMs, openBody: given, mount, stores, ...routes } = options;
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
  const prefix = "/v1/stream/";
  const app = new Hono();
  app.onError((err) => problemResponse(err, "test"));
  mount?.(app, streams);
  app.route(
    prefix,
    streamRoutes({
      streams,
      resolveKey: (c) => ({
        businessId: testBusinessId,
        path: decodeURIComponent(c.req.path.slice(prefix.length)),
      }),
      resolveSource: (_c, forkedFrom) => ({
        businessId: testBusinessId,
        path: decodeURIComponent(forkedFrom.slice(prefix.length)),
      }),
      ...routes,
    }),
  );
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
