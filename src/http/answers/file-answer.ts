// Answers with a file for download. The response has the name of the file and the exact length of the body. A client
// can request a range, so an interrupted download can be resumed.
import { AppError } from "../../errors.ts";
import { type ByteSource, readRange } from "../../library/files/formats/byte-source.ts";
import { contentDispositionOf } from "../../library/files/formats/file-name.ts";
import type { RenderedFiles } from "../../library/files/rendered-files.ts";
import type { LibraryFile } from "../../library/files/version-file.ts";
import { boundsOf } from "../../streams/audio/audio-window.ts";
import { parseRange } from "../../streams/protocol/byte-range.ts";
import { addressOf } from "../middleware/address.ts";
import { hasCopy } from "./etag.ts";
import { problemResponse } from "./problem.ts";
import type { HttpContext } from "../wire.ts";

export interface AnswerFileDeps {
  readonly files: Pick<RenderedFiles, "open">;
  readonly trustedProxies: number;
}

/** Answers GET and HEAD with a file. A GET can throw the errors of `bodyOf`. A HEAD does not make the file. */
export const answerFile = (deps: AnswerFileDeps, c: HttpContext, file: LibraryFile): Promise<Response> =>
  answerContent(c, file, async () => ({
    bytes: file.rendered.bytes,
    bodyOf: (start, end) => bodyOf(deps, c, file, start, end),
  }));

/** The content of a file, which can be read in ranges. */
interface FileContent {
  readonly bytes: number;
  /** `end` is not included. */
  bodyOf(start: number, end: number): Promise<Blob | ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>>;
}

/**
 * Answers GET and HEAD. If the client already has the content, answers 304 and does not call `open`. If the range
 * starts at or after the end of the content, answers 416 with the size of the content.
 */
export async function answerContent(
  c: HttpContext,
  { name, contentType, etag }: Pick<LibraryFile, "name" | "contentType" | "etag">,
  open: () => Promise<FileContent>,
): Promise<Response> {
  const headers = {
    "content-type": contentType,
    "content-disposition": contentDispositionOf(name),
    "accept-ranges": "bytes",
    etag,
    "cache-control": "private, no-cache",
    "x-content-type-options": "nosniff",
  };
  if (hasCopy(c.req.header("if-none-match"), etag)) return new Response(null, { status: 304, headers });
  const { bytes, bodyOf } = await open();
  // The raw request is used, because the router changes the method HEAD to GET.
  const isHead = c.req.raw.method === "HEAD";
  const ifRange = c.req.header("if-range");
  const asked = ifRange === undefined || ifRange === etag ? parseRange(c.req.header("range")) : undefined;
  try {
    const { first, last = bytes - 1 } = asked ? boundsOf(asked, bytes) : { first: 0 };
    const body = isHead ? null : await bodyOf(first, last + 1);
    const lengths = {
      "content-length": String(last + 1 - first),
      ...(asked ? { "content-range": `bytes ${first}-${last}/${bytes}` } : {}),
    };
    return new Response(body, { status: asked ? 206 : 200, headers: { ...headers, ...lengths } });
  } catch (err) {
    if (!(err instanceof AppError && err.code === "RANGE_NOT_SATISFIABLE")) throw err;
    const answer = problemResponse(err, c.get("requestId"));
    answer.headers.set("content-range", `bytes */${bytes}`);
    return answer;
  }
}

/**
 * Makes the file on disk and returns it, because Bun sends a Content-Length for a file on disk, but not for a stream.
 * If there is no space for the file, returns a stream that makes the file while the client reads. If this kind of file
 * can't be streamed, throws STORAGE_FULL. Also throws the errors of `RenderedFiles.open`.
 */
async function bodyOf(
  { files, trustedProxies }: AnswerFileDeps,
  c: HttpContext,
  { rendered, content }: LibraryFile,
  start: number,
  end: number,
): Promise<Blob | ReadableStream<Uint8Array>> {
  const whole = await files.open(rendered, callerNameOf(c, trustedProxies), c.req.raw.signal);
  if (whole) return start === 0 && end === rendered.bytes ? whole : whole.slice(start, end);
  if (content) return streamOf(content, start, end);
  throw new AppError("STORAGE_FULL", "The server has no disk space left to make this file.", {
    hint: "Download the MP3: it needs no temporary disk space.",
  });
}

/**
 * For each caller, only a limited number of files is made at the same time. Returns the name under which the files of
 * the caller are counted: the user, or the IP address if the caller is not a user. If the IP address is unknown, the
 * name is empty, so all callers without a known IP address are counted together.
 */
export function callerNameOf(c: HttpContext, trustedProxies: number): string {
  const caller = c.get("caller");
  return caller?.kind === "user"
    ? `${caller.businessId}:${caller.userId}`
    : (addressOf(c, trustedProxies) ?? "");
}

/** Streams the content, and reads it only as fast as the client receives it. */
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
