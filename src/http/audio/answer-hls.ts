// Answers requests for the HLS playlist and the segments of a version of a piece. The calling code must check access.
import type { Context } from "hono";
import { notFound } from "../../errors.ts";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import type { Hls } from "../../streams/audio/hls.ts";
import { fileCors } from "../answers/cors.ts";
import { hasCopy } from "../answers/etag.ts";

export interface HlsDeps {
  readonly hls: Hls;
}

export interface HlsSource {
  readonly key: StreamKey;
  /** The planned size of the whole stream in bytes, if the generator declared it. */
  readonly plannedBytes: number | undefined;
}

/**
 * Answers `…/playlist.m3u8`. The URLs of the segments are relative to the playlist:
 * `segments/{number}.mp3`. These URLs end with the query string of the playlist's URL, because
 * the signature of a signed link is in this query string. Throws the errors of `Hls.playlist`.
 */
export async function answerPlaylist(
  { hls }: HlsDeps,
  c: Context,
  { key, plannedBytes }: HlsSource,
): Promise<Response> {
  const query = c.req.url.indexOf("?");
  const signature = query === -1 ? "" : c.req.url.slice(query);
  const { text, isEnded } = await hls.playlist(
    key,
    plannedBytes,
    (number) => `segments/${number}.mp3${signature}`,
  );
  return new Response(text, {
    headers: {
      ...fileCors.answer,
      "content-type": "application/vnd.apple.mpegurl",
      "cache-control": isEnded ? "private, no-cache" : "private, no-store",
    },
  });
}

/**
 * Answers `…/segments/{file}`, with a file name from the playlist. Errors: NOT_FOUND if the file name has another form
 * than in the playlist; the errors of `Hls.segment`.
 */
export async function answerSegment(
  { hls }: HlsDeps,
  request: Request,
  { key }: Pick<HlsSource, "key">,
  file: string,
): Promise<Response> {
  const number = /^(0|[1-9]\d{0,6})\.mp3$/.exec(file)?.[1];
  if (number === undefined) throw notFound("segment");
  const { body, etag } = await hls.segment(key, Number(number), request);
  const headers: Record<string, string> = {
    ...fileCors.answer,
    "content-type": "audio/mpeg",
    "cache-control": etag === undefined ? "private, no-store" : "private, no-cache",
  };
  if (etag !== undefined) headers.etag = etag;
  if (etag !== undefined && hasCopy(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  if (body instanceof Uint8Array) headers["content-length"] = String(body.byteLength);
  return new Response(body as BodyInit, { headers });
}
