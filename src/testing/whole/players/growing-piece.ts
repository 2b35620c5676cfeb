// Starts a real server with pieces of music that grow at a given rate. Players read them as MP3 or HLS, at the same
// URLs as in the API.
import type { StreamKey } from "../../../ports/chunk-store/chunk-store.ts";
import { answerAudio } from "../../../http/audio/answer-audio.ts";
import { answerPlaylist, answerSegment } from "../../../http/audio/answer-hls.ts";
import { createHls } from "../../../streams/audio/hls.ts";
import { createStreamServer, testBusinessId } from "../../servers/stream-server.ts";
import { createTone } from "../../sound/tone.ts";
import { until } from "../../until.ts";

export interface Making {
  /**
   * The seconds of sound that are made per second. Infinity: the whole piece is made without
   * pauses, and `make` resolves when the piece is complete.
   */
  readonly pace: number;
  /** The seconds of sound that are made immediately. */
  readonly ahead: number;
  /** The last chunk is not made before this promise resolves. The promise must not reject. */
  readonly untilEnd?: Promise<unknown>;
}

interface Links {
  readonly mp3: string;
  readonly hls: string;
}

export interface Pieces extends AsyncDisposable {
  /** The URL of an empty page on the same server, for a browser. */
  readonly pageUrl: string;
  /** Starts a new piece. Resolves when `ahead` seconds of it are made. */
  make(making: Making): Promise<Links>;
}

/**
 * `seconds` is the length of each piece. `isSizeKnown`: whether the total size in bytes is known from the beginning. In
 * Rondo, this size is known only for pieces of the built-in generator.
 */
export async function createPieces(seconds: number, { isSizeKnown = true } = {}): Promise<Pieces> {
  const chunks = await createTone(seconds);
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const planned = isSizeKnown ? bytes : undefined;
  const keyOf = (id: string): StreamKey => ({ businessId: testBusinessId, path: `versions/${id}/audio` });
  const ending = new AbortController();
  const server = await createStreamServer({
    mount: (app, streams) => {
      const hls = createHls({ streams });
      app.get("/v1/versions/:id/audio", (c) =>
        answerAudio({ streams }, c.req.raw, "test", { key: keyOf(c.req.param("id")), plannedBytes: planned }),
      );
      app.get("/v1/versions/:id/playlist.m3u8", (c) =>
        answerPlaylist({ hls }, c, { key: keyOf(c.req.param("id")), plannedBytes: planned }),
      );
      app.get("/v1/versions/:id/segments/:file", (c) =>
        answerSegment({ hls }, c.req.raw, { key: keyOf(c.req.param("id")) }, c.req.param("file")),
      );
      app.get("/page", (c) => c.html("<!doctype html><title>player</title>"));
    },
  });
  const writer = server.openStore();
  const write = async (key: StreamKey, { pace, ahead, untilEnd }: Making): Promise<void> => {
    const begunMs = performance.now();
    for (const [i, chunk] of chunks.entries()) {
      const dueMs = begunMs + (Math.max(0, i - ahead) / pace) * 1_000;
      while (performance.now() < dueMs && !ending.signal.aborted) await Bun.sleep(20);
      if (i === chunks.length - 1) await untilEnd;
      if (ending.signal.aborted) return;
      await writer.append(key, { chunks: [chunk], close: i === chunks.length - 1 });
    }
  };
  let made = 0;
  return {
    pageUrl: `${server.url}/page`,
    async make(making) {
      const id = `piece-${++made}`;
      const key = keyOf(id);
      await writer.create(key, { contentType: "audio/mpeg" });
      const writing = write(key, making);
      if (making.pace === Infinity) await writing;
      const wanted = Math.min(bytes, making.ahead * 16_000);
      await until("enough seconds are made", async () => ((await writer.head(key))?.tail ?? 0) >= wanted);
      const at = `${server.url}/v1/versions/${id}`;
      return { mp3: `${at}/audio?signature=s`, hls: `${at}/playlist.m3u8?signature=s` };
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await server[Symbol.asyncDispose]();
    },
  };
}
