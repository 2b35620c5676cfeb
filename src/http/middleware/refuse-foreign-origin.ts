// Protects against CSRF: refuses a write with this server's cookie if a page of another origin made the browser send it.
import { createMiddleware } from "hono/factory";
import { AppError } from "../../errors.ts";
import type { SessionCookie } from "../credentials/session-cookie.ts";
import type { HttpEnv } from "../wire.ts";

export interface ForeignOriginDeps {
  readonly sessionCookie: SessionCookie;
  readonly publicUrl: string | undefined;
}

const reads: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** SameSite=Lax allows pages of sibling subdomains; this does not. Bearer tokens are set by the page itself and are not affected. */
export const refuseForeignOrigin = ({ sessionCookie, publicUrl }: ForeignOriginDeps) =>
  createMiddleware<HttpEnv>((c, next) => {
    const { method, headers } = c.req.raw;
    if (reads.has(method)) return next();
    if (sessionCookie.credentialOf(headers).session === undefined) return next();
    if (isForeign(headers, publicUrl)) throw foreignOrigin();
    return next();
  });

/**
 * Uses Fetch Metadata if the request has it, otherwise Origin. A client that sends neither is not a browser, since browsers send Origin with every write.
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
