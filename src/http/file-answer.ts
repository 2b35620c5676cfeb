// A file to save, made as it is sent: with its name, its length and Range, so that a broken download goes on.
import type { Context } from "hono";
import { AppError } from "../errors.ts";
import { type ByteSource, readRange } from "../library/formats/byte-source.ts";
import { contentDispositionOf } from "../library/formats/file-name.ts";
import type { LibraryFile } from "../library/version-file.ts";
import { boundsOf } from "../streams/audio-window.ts";
import { parseRange } from "../streams/byte-range.ts";
import { problemResponse } from "./problem.ts";

/** Answers GET and HEAD. */
export function answerFile(c: Context, { name, contentType, content, etag }: LibraryFile): Response {
  const headers = {
    "content-type": contentType,
    "content-disposition": contentDispositionOf(name),
    "accept-ranges": "bytes",
    etag,
    "cache-control": "private, no-cache",
    "x-content-type-options": "nosniff",
  };
  if (c.req.header("if-none-match")?.includes(etag)) return new Response(null, { status: 304, headers });
  // Not c.req.method: the router turns HEAD into GET.
  const isHead = c.req.raw.method === "HEAD";
  const ifRange = c.req.header("if-range");
  const asked = ifRange === undefined || ifRange === etag ? parseRange(c.req.header("range")) : undefined;
  try {
    const { first, last = content.bytes - 1 } = asked ? boundsOf(asked, content.bytes) : { first: 0 };
    const body = isHead ? null : streamOf(content, first, last + 1);
    const lengths = {
      "content-length": String(last + 1 - first),
      ...(asked ? { "content-range": `bytes ${first}-${last}/${content.bytes}` } : {}),
    };
    return new Response(body, { status: asked ? 206 : 200, headers: { ...headers, ...lengths } });
  } catch (err) {
    if (!(err instanceof AppError && err.code === "RANGE_NOT_SATISFIABLE")) throw err;
    const answer = problemResponse(err, c.get("requestId"));
    answer.headers.set("content-range", `bytes */${content.bytes}`);
    return answer;
  }
}

/** Read only as fast as it is taken. */
function streamOf(content: ByteSource, start: number, end: number): ReadableStream<Uint8Array> {
  const chunks = readRange(content, start, end);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
