// Sets the CORS headers. Pages of every origin can read sound, files and streams, if they have a
// signature, a token or a key. A page can't use the session cookie of its visitor instead: the allowed
// origin is "*", and for this value browsers hide the response to a request with cookies.
import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "../wire.ts";

export type HeaderRecord = Readonly<Record<string, string>>;

interface OpenResource {
  readonly methods: string;
  /** Request headers that pages may set. */
  readonly requestHeaders: string;
  /** Response headers that pages may read. */
  readonly exposedHeaders: string;
}

/**
 * Returns the CORS headers of routes that pages of any origin can use. `answer` is added to every
 * response, including refusals, so that a page can read the reason. `preflight` is added to the
 * response to OPTIONS.
 */
function corsOf({ methods, requestHeaders, exposedHeaders }: OpenResource) {
  const answer: HeaderRecord = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": exposedHeaders,
  };
  const preflight: HeaderRecord = {
    ...answer,
    "access-control-allow-methods": methods,
    "access-control-allow-headers": requestHeaders,
    "access-control-max-age": "86400",
  };
  return { answer, preflight };
}

export const fileCors = corsOf({
  methods: "GET, HEAD, OPTIONS",
  requestHeaders: "Range, If-Range, If-None-Match, Authorization",
  exposedHeaders: "Content-Range, Content-Length, Content-Disposition, Accept-Ranges, ETag, Retry-After",
});

export const streamCors = corsOf({
  methods: "GET, POST, PUT, DELETE, HEAD, OPTIONS",
  requestHeaders:
    "Content-Type, Authorization, If-None-Match, Last-Event-ID, Stream-Seq, Stream-TTL, Stream-Expires-At, " +
    "Stream-Closed, Producer-Id, Producer-Epoch, Producer-Seq, Stream-Forked-From, Stream-Fork-Offset, " +
    "Stream-Fork-Sub-Offset",
  exposedHeaders:
    "Stream-Next-Offset, Stream-Cursor, Stream-Up-To-Date, Stream-Closed, Stream-TTL, Stream-Expires-At, " +
    "Stream-SSE-Data-Encoding, Producer-Epoch, Producer-Seq, Producer-Expected-Seq, Producer-Received-Seq, " +
    "ETag, Content-Type, Location, Retry-After",
});

const pattern =
  /^\/v1\/(versions\/[^/]+\/(audio|playlist\.m3u8|segments\/[^/]+|peaks|download)|projects\/[^/]+\/archive)$/;

/**
 * Adds the CORS headers to responses for sound and files, and answers OPTIONS requests for them.
 * Register this middleware before every middleware that can refuse a request, so that refusals have
 * these headers, too.
 */
export const openToEveryOrigin = createMiddleware<HttpEnv>(async (c, next) => {
  if (!pattern.test(c.req.path)) return next();
  if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers: fileCors.preflight });
  await next();
  openFile(c.res);
});

/** Adds the CORS headers of sound and files to a response. */
export const openFile = (response: Response): Response => withHeaders(response, fileCors.answer);

/**
 * Sets the headers on this response, and returns the same response. Replaces headers with the same
 * names.
 */
export function withHeaders(response: Response, headers: HeaderRecord): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
