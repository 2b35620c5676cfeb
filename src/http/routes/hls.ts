// A version's HLS playlist and segments over HTTP. Who may hear them is the caller's to say.
import type { Context } from "hono";
import { notFound } from "../../errors.ts";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import type { Hls } from "../../streams/hls.ts";

export interface HlsDeps {
  readonly hls: Hls;
}

/** For `…/playlist.m3u8`: the segments stand at `segments/{number}.mp3` beside it, with the same signature. */
export async function answerPlaylist({ hls }: HlsDeps, c: Context, key: StreamKey): Promise<Response> {
  const query = c.req.url.indexOf("?");
  const signature = query === -1 ? "" : c.req.url.slice(query);
  const { text, isEnded } = await hls.playlist(key, (number) => `segments/${number}.mp3${signature}`);
  return new Response(text, {
    headers: {
      ...always,
      "content-type": "application/vnd.apple.mpegurl",
      "cache-control": isEnded ? "private, max-age=60" : "private, no-store",
    },
  });
}

/** For `…/segments/{file}`, where the file is named as the playlist does. */
export async function answerSegment({ hls }: HlsDeps, key: StreamKey, file: string): Promise<Response> {
  const number = /^(0|[1-9]\d{0,6})\.mp3$/.exec(file)?.[1];
  if (number === undefined) throw notFound("segment");
  const body = await hls.segment(key, Number(number));
  return new Response(body as Uint8Array<ArrayBuffer>, {
    headers: {
      ...always,
      "content-type": "audio/mpeg",
      "content-length": String(body.byteLength),
      "cache-control": "private, max-age=3600, immutable",
    },
  });
}

const always = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "cross-origin",
  "access-control-allow-origin": "*",
};
