// CORS for sound and files: any origin may read them, since each request carries a signature or a token.
import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "./wire.ts";

/** The headers are on every response, refusals included: a page has to read the reason to ask for a new link. */
export const crossOrigin: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "cross-origin",
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "Content-Range, Content-Length, Content-Disposition, Accept-Ranges, ETag, Retry-After",
};

const preflight: Readonly<Record<string, string>> = {
  ...crossOrigin,
  "access-control-allow-methods": "GET, HEAD, OPTIONS",
  "access-control-allow-headers": "Range, If-Range, If-None-Match, Authorization",
  "access-control-max-age": "86400",
};

const pattern =
  /^\/v1\/(versions\/[^/]+\/(audio|playlist\.m3u8|segments\/[^/]+|peaks|download)|projects\/[^/]+\/archive)$/;

/** Register it before any middleware that may refuse a request. */
export const openToEveryOrigin = createMiddleware<HttpEnv>(async (c, next) => {
  if (!pattern.test(c.req.path)) return next();
  if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers: preflight });
  await next();
  openAnswer(c.res);
});

export function openAnswer(answer: Response): Response {
  for (const [name, value] of Object.entries(crossOrigin)) answer.headers.set(name, value);
  return answer;
}
