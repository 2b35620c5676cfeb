// Serves only the stream routes, for a comparison with the reference server of Durable Streams. The comparison is fair,
// because the chunk store here syncs the disk at every append, as the store of the reference server does. The process
// prints its address.
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
