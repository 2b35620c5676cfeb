// Registers the most frequent GET routes (the "reads" in reads.ts) with the router. The fast path (fast-path.ts)
// answers most GET requests for these routes without the router. The router answers the rest, and HEAD requests.
import type { Hono } from "hono";
import { notFound } from "../../errors.ts";
import { problemResponse } from "../answers/problem.ts";
import type { HttpContext, HttpEnv } from "../wire.ts";
import { pathOf, type Read } from "./read.ts";

/** `base` is the path at which `app` is mounted. Each route of `reads` begins with `base`. */
export function routeReads(app: Pick<Hono<HttpEnv>, "get">, reads: readonly Read[], base: string): void {
  for (const read of reads) {
    app.get(read.route.slice(base.length), (c: HttpContext) => {
      const parameters = read.match(pathOf(c.req.raw.url));
      if (parameters === undefined) throw notFound("page");
      const asked = {
        request: c.req.raw,
        source: c.env,
        caller: c.get("caller"),
        requestId: c.get("requestId"),
      };
      return read.answer(asked, parameters);
    });
  }
}

/**
 * Returns a function that creates the response to an error. If the request is a GET or HEAD request for one of `reads`,
 * and this read has a function `answerError`, the function `answerError` creates the response. Otherwise
 * `problemResponse` creates the response.
 */
export function answerErrorOf(reads: readonly Read[]) {
  return (err: unknown, { method, url }: Request, requestId: string): Response => {
    const isRead = method === "GET" || method === "HEAD";
    const read = isRead ? reads.find((one) => one.match(pathOf(url)) !== undefined) : undefined;
    return (read?.answerError ?? problemResponse)(err, requestId);
  };
}
