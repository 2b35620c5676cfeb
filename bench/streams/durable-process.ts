// The stream routes alone over a chunk store that syncs the disk at every append, as the reference server's store does. Tells its address.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { streamRoutes } from "../../src/http/durable-streams/router.ts";
import { createMemoryChunkCache } from "../../src/ports/chunk-cache/memory/cache.ts";
import { createSqliteChunkStore } from "../../src/ports/chunk-store/sqlite/store.ts";
import { createStreams } from "../../src/streams/streams.ts";

const store = createSqliteChunkStore({ directory: mkdtempSync(join(tmpdir(), "durable-")), sync: "full" });
const streams = createStreams({ store, cache: createMemoryChunkCache() });
const routes = streamRoutes({ streams, resolveKey: (c) => ({ businessId: "bench", path: c.req.path }) });
const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (req) => routes.fetch(req) });
process.stdout.write(`${server.url.origin}\n`);
