// Provides a router for the writes of the Durable Streams protocol. The calling code determines which streams a
// request can reach.
import { type Context, Hono } from "hono";
import { AppError } from "../../errors.ts";
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import type { Streams } from "../../streams/streams.ts";
import { streamCors } from "../answers/cors.ts";
import { faultResponse } from "./fault.ts";
import {
  type ResolveSource,
  type SplitForCaller,
  answerAppend,
  answerCreate,
  answerDelete,
} from "./write.ts";

export interface StreamWrites {
  readonly streams: Streams;
  /**
   * Returns the key of the stream to which the request writes. Throws if the caller is not allowed
   * to write to this stream.
   */
  readonly resolveKey: (c: Context) => StreamKey | Promise<StreamKey>;
  /** Returns the stream that `Stream-Forked-From` names. Without this function, streams can't be forked. */
  readonly resolveSource?: ResolveSource;
  /**
   * The maximum size of one body in bytes; a larger body gets BODY_TOO_LARGE. Defaults to 16 MiB.
   */
  readonly bodyBytesMax?: number;
  /** Splits large JSON bodies on another thread. Without this function, the thread that serves requests splits them. */
  readonly splitMessages?: SplitForCaller;
}

const bodyBytesMaxDefault = 16 << 20;
const reads = ["GET", "HEAD"];
const writes = ["PUT", "POST", "DELETE"];

/**
 * Returns the router. Mount it at the path of one stream, or at a path above many streams. The router answers every
 * request below this path. It refuses GET and HEAD with METHOD_NOT_ALLOWED, so register the route for reads before you
 * mount the router.
 *
 * Without `options`, the router also refuses writes (PUT, POST and DELETE) with METHOD_NOT_ALLOWED. If another route at
 * the same path answers some write methods, name these methods in `writtenElsewhere`. The router adds them to the
 * `Allow` header.
 */
export function streamRoutes(
  options?: StreamWrites,
  { writtenElsewhere = [] }: { readonly writtenElsewhere?: readonly string[] } = {},
): Hono {
  const allow = [...reads, ...(options === undefined ? writtenElsewhere : writes), "OPTIONS"].join(", ");
  return new Hono().all("*", async (c) => {
    try {
      if (c.req.method === "OPTIONS")
        return new Response(null, { status: 204, headers: streamCors.preflight });
      const response = options && (await answerWrite(options, c));
      if (response !== undefined) return response;
      throw new AppError("METHOD_NOT_ALLOWED", `${c.req.method} is not possible here.`, {
        details: { allow },
      });
    } catch (err) {
      return answerFault(c, err);
    }
  });
}

/** Answers a write. Returns undefined if the method is not a write. */
async function answerWrite(options: StreamWrites, c: Context): Promise<Response | undefined> {
  const { method } = c.req;
  if (!writes.includes(method)) return undefined;
  const { streams, resolveKey, resolveSource, splitMessages, bodyBytesMax = bodyBytesMaxDefault } = options;
  const key = await resolveKey(c);
  switch (method) {
    case "PUT":
      return answerCreate(streams, c, key, { bodyBytesMax, splitMessages, resolveSource });
    case "POST":
      return answerAppend(streams, c, key, { bodyBytesMax, splitMessages });
    default:
      return answerDelete(streams, key);
  }
}

function answerFault(c: Context, err: unknown): Response {
  c.error =
    err instanceof Error ? err : new Error("A value that is not an Error was thrown.", { cause: err });
  return faultResponse(err, c.get("requestId"));
}
