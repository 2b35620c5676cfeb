// Serves the description of the API: /openapi.json for programs, and /docs and /docs/errors for
// people.
import { hash } from "node:crypto";
import { Hono } from "hono";
import type { QuerySet } from "../../queries/run/query-set.ts";
import { docsPageOf, errorsPage } from "./page.ts";
import { openApiOf } from "../openapi/openapi.ts";
import { type CallQueryDeps, queriesOf } from "../call-query.ts";
import { hasCopy } from "../answers/etag.ts";
import type { HttpContext, HttpEnv } from "../wire.ts";

export interface DocsRoutesDeps extends Pick<CallQueryDeps, "specs" | "databases"> {
  readonly publicUrl: string | undefined;
}

interface Made {
  readonly json: string;
  readonly page: string;
}

/** The content security policy. It forbids scripts, and resources from other servers. */
const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function docsRoutes(deps: DocsRoutesDeps) {
  const made = new WeakMap<QuerySet, Made>();

  /**
   * Returns the OpenAPI document, and the page that shows the document to people. Both are made
   * only one time for each set of queries. A caller who belongs to a business gets the queries of
   * that business.
   */
  async function documentFor(c: HttpContext): Promise<Made> {
    const caller = c.get("caller");
    const set =
      caller !== undefined && "businessId" in caller ? await queriesOf(deps, caller) : deps.specs.current;
    const known = made.get(set);
    if (known !== undefined) return known;
    const document = openApiOf({ set, url: deps.publicUrl });
    const fresh = { json: JSON.stringify(document), page: docsPageOf(document) };
    made.set(set, fresh);
    return fresh;
  }

  return new Hono<HttpEnv>()
    .get("/openapi.json", async (c) =>
      textAnswer(c, (await documentFor(c)).json, { ...perCaller, "content-type": "application/json" }),
    )
    .get("/docs", async (c) => textAnswer(c, (await documentFor(c)).page, { ...perCaller, ...pageHeaders }))
    .get("/docs/errors", (c) => textAnswer(c, errorsPage(), pageHeaders));
}

const perCaller = { vary: "authorization, cookie" };
const pageHeaders = { "content-type": "text/html; charset=utf-8", "content-security-policy": pagePolicy };

function textAnswer(c: HttpContext, body: string, headers: Readonly<Record<string, string>>): Response {
  const etag = `"${hash("sha1", body, "base64url")}"`;
  const all = { etag, "cache-control": "no-cache", ...headers };
  if (hasCopy(c.req.header("if-none-match"), etag)) return new Response(null, { status: 304, headers: all });
  return new Response(body, { headers: all });
}
