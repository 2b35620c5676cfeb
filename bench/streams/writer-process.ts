// Appends to existing streams of a chunk store at a fixed rate, as the worker does, and closes each
// stream with its last chunk. `paceMs` is the time between two chunks of one stream. Each chunk
// begins with the start time of its append, in milliseconds since 1970, so that the measured delay
// includes the append.
import { createSqliteChunkStore } from "../../src/ports/chunk-store/sqlite/store.ts";

const [
  directory = "",
  businessId = "",
  prefix = "",
  streamsText = "1",
  chunksText = "10",
  paceText = "1000",
] = process.argv.slice(2);
const [streams, chunks, paceMs] = [Number(streamsText), Number(chunksText), Number(paceText)];
const store = createSqliteChunkStore({ directory });
const chunkBytes = 16_000;

const startedAt = performance.now();
for (let i = 0; i < chunks * streams; i++) {
  const dueAt = startedAt + (i * paceMs) / streams;
  if (dueAt > performance.now()) await Bun.sleep(dueAt - performance.now());
  const chunk = new Uint8Array(chunkBytes);
  new DataView(chunk.buffer).setFloat64(0, performance.timeOrigin + performance.now());
  const close = i >= (chunks - 1) * streams;
  await store.append({ businessId, path: `${prefix}${i % streams}` }, { chunks: [chunk], close });
}
await store.close();
