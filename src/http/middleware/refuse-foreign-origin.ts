// Protects against CSRF. A write with this server's cookie is refused if a page of another origin made the browser
// send it.
import { createMiddleware } from "hono/factory";
import { AppError } from "../../errors.ts";
import type { SessionCookie } from "../credentials/session-cookie.ts";
import type { HttpEnv } from "../wire.ts";

export interface ForeignOriginDeps {
  readonly sessionCookie: SessionCookie;
  readonly publicUrl: string | undefined;
}

const reads: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses writes from pages of other origins. The cookie's attribute SameSite=Lax alone would allow writes from pages
 * of sibling subdomains. Requests with a bearer token are allowed, because only a page that knows the token can send
 * them. A browser adds cookies by itself, but never a token.
 */
export const refuseForeignOrigin = ({ sessionCookie, publicUrl }: ForeignOriginDeps) =>
  createMiddleware<HttpEnv>((c, next) => {
    const { method, headers } = c.req.raw;
    if (reads.has(method)) return next();
    if (sessionCookie.credentialOf(headers).session === undefined) return next();
    if (isForeign(headers, publicUrl)) throw foreignOrigin();
    return next();
  });

/**
 * Whether the request comes from a page of another origin. Uses Fetch Metadata if it is sent, otherwise Origin. If
 * both are missing, the client is not a browser, because browsers send Origin with every write.
 */
export function isForeign(headers: Headers, publicUrl: string | undefined): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  if (origin === null) return false;
  if (!URL.canParse(origin)) return true;
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return false;
  return new URL(origin).host !== headers.get("host");
}

export const foreignOrigin = () =>
  new AppError("FORBIDDEN", "A session cookie can't be used for writes from another origin.", {
    hint: "Send the request from a page of this origin, or with `Authorization: Bearer` and a user token.",
  });
