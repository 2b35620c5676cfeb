// /openapi.json and /docs: the description of the API for programs and for people.
import { hash } from "node:crypto";
import { Hono } from "hono";
import type { QuerySet } from "../../queries/run/query-set.ts";
import { docsPageOf, errorsPage } from "./page.ts";
import { openApiOf } from "../openapi/openapi.ts";
import { hasCopy } from "../etag.ts";
import type { HttpContext, HttpEnv } from "../wire.ts";

export interface DocsRoutesDeps {
  readonly specs: { readonly current: QuerySet };
  readonly publicUrl: string | undefined;
}

interface Made {
  readonly set: QuerySet;
  readonly json: string;
  readonly page: string;
}

/** The content security policy: the page loads nothing from other servers and runs no script. */
const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function docsRoutes({ specs, publicUrl }: DocsRoutesDeps) {
  let made: Made | undefined;

  /** Returns the document and its pages, which are made once for each set of queries. */
  function current(): Made {
    const set = specs.current;
    if (made?.set === set) return made;
    const document = openApiOf({ set, url: publicUrl });
    made = { set, json: JSON.stringify(document), page: docsPageOf(document) };
    return made;
  }

  return new Hono<HttpEnv>()
    .get("/openapi.json", (c) => textAnswer(c, current().json, { "content-type": "application/json" }))
    .get("/docs", (c) => textAnswer(c, current().page, pageHeaders))
    .get("/docs/errors", (c) => textAnswer(c, errorsPage(), pageHeaders));
}

const pageHeaders = { "content-type": "text/html; charset=utf-8", "content-security-policy": pagePolicy };

function textAnswer(c: HttpContext, body: string, headers: Readonly<Record<string, string>>): Response {
  const etag = `"${hash("sha1", body, "base64url")}"`;
  const cached = { etag, "cache-control": "no-cache" };
  if (hasCopy(c.req.header("if-none-match"), etag))
    return new Response(null, { status: 304, headers: cached });
  return new Response(body, { headers: { ...cached, ...headers } });
}
