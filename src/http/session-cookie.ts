// The cookie of a web session: what it is called, how it is read, set and dropped.
import { deleteCookie, setCookie } from "hono/cookie";
import type { Credential } from "../accounts/authenticate.ts";
import { findCookie } from "./lanes/find-cookie.ts";
import type { HttpContext } from "./wire.ts";

export interface SessionCookie {
  /** The credential of a request. A cookie beside an Authorization header doesn't count. */
  credentialOf(headers: Headers): Credential;
  /** The cookie's value, whatever else is shown. */
  read(headers: Headers): string | undefined;
  /** Until the session ends. */
  set(c: HttpContext, value: string, expiresAt: string): void;
  /** Drops the cookie that the request brought. */
  drop(c: HttpContext): void;
  /** The request brought it under the name of before `RONDO_PUBLIC_URL` was https. */
  hasOldName(headers: Headers): boolean;
}

const plainName = "rondo_session";
/** A browser takes this prefix only from the very host, over https, so that no other host below the domain can set it (RFC 6265bis, 4.1.3.2). */
const hostName = `__Host-${plainName}`;

/** `publicUrl` alone says whether the world comes over https: a header could be anybody's. */
export function createSessionCookie(publicUrl: string | undefined): SessionCookie {
  const isHttps = publicUrl?.startsWith("https:") === true;
  const name = isHttps ? hostName : plainName;
  const attributes = (c: HttpContext) =>
    ({
      path: "/",
      httpOnly: true,
      sameSite: "Lax",
      secure: isHttps || new URL(c.req.url).protocol === "https:",
    }) as const;
  const read = (headers: Headers): string | undefined =>
    findCookie(headers, name) ?? (isHttps ? findCookie(headers, plainName) : undefined);
  const dropOldName = (c: HttpContext): void => {
    if (isHttps && findCookie(c.req.raw.headers, plainName) !== undefined)
      deleteCookie(c, plainName, attributes(c));
  };
  return {
    read,
    credentialOf(headers) {
      const authorization = headers.get("authorization") ?? undefined;
      return { authorization, session: authorization === undefined ? read(headers) : undefined };
    },
    set(c, value, expiresAt) {
      const maxAge = Math.max(0, Math.floor((Date.parse(expiresAt) - Date.now()) / 1000));
      setCookie(c, name, value, { ...attributes(c), maxAge });
      dropOldName(c);
    },
    drop(c) {
      deleteCookie(c, name, attributes(c));
      dropOldName(c);
    },
    hasOldName: (headers) =>
      isHttps && findCookie(headers, hostName) === undefined && read(headers) !== undefined,
  };
}
