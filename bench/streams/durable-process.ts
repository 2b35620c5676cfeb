// Serves only the stream routes with a chunk store that syncs the disk at every append, as the store of the compared reference server does. The process prints its address.
import { createSqliteChunkStore } from "../../src/ports/chunk-store/sqlite/store.ts";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStreamServer } from "../../src/testing/servers/stream-server.ts";
import { createMemoryChunkCache } from "../../src/ports/chunk-cache/memory/cache.ts";

const directory = mkdtempSync(join(tmpdir(), "durable-"));
const openStore = () => createSqliteChunkStore({ directory, sync: "full" });
const server = await createStreamServer({ stores: { openStore, cache: createMemoryChunkCache() } });
process.stdout.write(`${server.url}\n`);
