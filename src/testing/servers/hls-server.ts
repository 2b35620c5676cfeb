// Starts a server for one stream. The server sends the HLS playlist and the segments of the stream,
// and a page with hls.js.
import { join } from "node:path";
import { answerPlaylist, answerSegment } from "../../http/audio/answer-hls.ts";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { createHls } from "../../streams/audio/hls.ts";
import { createStreamServer, testBusinessId } from "./stream-server.ts";

export const key: StreamKey = { businessId: testBusinessId, path: "versions/v1/audio" };
const root = join(import.meta.dirname, "../../..");

export async function openHlsServer({ plannedBytes }: { plannedBytes?: number } = {}) {
  const server = await createStreamServer({
    mount: (app, streams) => {
      const hls = createHls({ streams });
      app.get("/v1/playlist.m3u8", (c) => answerPlaylist({ hls }, c, { key, plannedBytes }));
      app.get("/v1/segments/:file", (c) => answerSegment({ hls }, c.req.raw, { key }, c.req.param("file")));
      app.get("/page", (c) => c.html('<audio id="audio"></audio><script src="/hls.js"></script>'));
      app.get("/hls.js", async () => {
        const script = Bun.file(join(root, "node_modules/hls.js/dist/hls.min.js"));
        return new Response(await script.arrayBuffer(), { headers: { "content-type": "text/javascript" } });
      });
    },
  });
  const writer = server.openStore();
  await writer.create(key, { contentType: "audio/mpeg" });
  return { server, writer, playlistUrl: `${server.url}/v1/playlist.m3u8?signature=s1` };
}

/**
 * Appends the chunks one by one, with a pause of `paceMs` milliseconds before each chunk. If `close`
 * is true, the last append also closes the stream.
 */
export async function write(
  writer: ChunkStore,
  chunks: readonly Uint8Array[],
  paceMs: number,
  close = true,
): Promise<void> {
  for (const [i, chunk] of chunks.entries()) {
    await Bun.sleep(paceMs);
    await writer.append(key, { chunks: [chunk], close: close && i === chunks.length - 1 });
  }
}

export const sizeOf = (chunks: readonly Uint8Array[]): number =>
  chunks.reduce((size, chunk) => size + chunk.byteLength, 0);
