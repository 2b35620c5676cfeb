// Serves the page of each business below /b/<slug>/, for businesses without a host of their own. A request below this
// path is answered like a request to the business's own host: /b/acme/v1/queries is answered like /v1/queries at the
// host of the business acme. The browser has a separate session for each business.
import type { Hono } from "hono";
import { rememberOriginal } from "../../original-request.ts";
import type { SessionCookie } from "../credentials/session-cookie.ts";
import type { HttpEnv } from "../wire.ts";

export interface BusinessPath {
  readonly slug: string;
  /** The beginning of the path in every URL of this page, such as /b/acme. */
  readonly base: string;
}

const businessPath = /^\/b\/([a-z][a-z0-9-]{0,38}[a-z0-9])(?=[/?#]|$)/;
const paths = new WeakMap<Request, BusinessPath>();

/** Returns the business path that was removed from a request's URL. Returns undefined if the URL had none. */
export const businessPathOf = (request: Request): BusinessPath | undefined => paths.get(request);

/**
 * Wraps `app.fetch`, so that the path of a business is removed from the URL before a request reaches the routes.
 * Redirects /b/<slug> to /b/<slug>/. Doesn't check whether the business exists. A request to any other path costs only
 * one comparison.
 */
export function addBusinessPaths(app: Pick<Hono<HttpEnv>, "fetch">, cookie: SessionCookie): void {
  const answer = app.fetch;
  app.fetch = (request, ...rest) => {
    const start = request.url.indexOf("/", request.url.indexOf("//") + 2);
    if (!request.url.startsWith("/b/", start)) return answer(request, ...rest);
    const [base, slug] = businessPath.exec(request.url.slice(start)) ?? [];
    if (base === undefined || slug === undefined) return answer(request, ...rest);
    const below = request.url.slice(start + base.length);
    if (!below.startsWith("/"))
      return new Response(null, { status: 308, headers: { location: `${base}/${below}` } });
    const inner = requestBelow(
      request,
      request.url.slice(0, start) + below,
      cookie.below(request.headers, slug),
    );
    paths.set(inner, { slug, base });
    return Promise.resolve(answer(inner, ...rest)).then((response) => cookie.setBelow(response, slug));
  };
}

function requestBelow(request: Request, url: string, headers: Headers): Request {
  const { method, body, signal } = request;
  const inner = new Request(url, { method, headers, signal, ...(body && { body, duplex: "half" }) });
  rememberOriginal(inner, request);
  return inner;
}
