// Reads, sets and deletes the cookie of a web session.
import { setCookie } from "hono/cookie";
import type { Credential } from "../../accounts/authenticate.ts";
import { findCookie } from "./find-cookie.ts";
import type { HttpContext } from "../wire.ts";

export interface SessionCookie {
  /** Returns the credential of a request. The cookie is ignored if there is an Authorization header. */
  credentialOf(headers: Headers): Credential;
  /** Returns the value of the cookie, even if the request also has an Authorization header. */
  read(headers: Headers): string | undefined;
  /** Sets a cookie that expires at `expiresAt`. Deletes the cookie with the old name (see `hasOldName`), if any. */
  set(c: HttpContext, value: string, expiresAt: string): void;
  /** Deletes the cookie, also with its old name, from the browser that sent the request. */
  drop(c: HttpContext): void;
  /**
   * Returns the headers of a request whose path is below the path of a business, such as /b/acme. Session cookies of
   * other businesses are removed. The slug is removed from the name of the cookie of this business, so that `read`
   * finds the cookie.
   */
  below(headers: Headers, slug: string): Headers;
  /**
   * For a response below the path of a business: if the response sets the session cookie, adds the slug of the business
   * to the cookie's name.
   */
  setBelow(response: Response, slug: string): Response;
  /**
   * Returns whether the request has the cookie only under its old name. If `RONDO_PUBLIC_URL` is https, the name of the
   * cookie is `__Host-rondo_session`. A cookie with the old name `rondo_session` was set before `RONDO_PUBLIC_URL` was
   * changed from http to https.
   */
  hasOldName(headers: Headers): boolean;
}

const plainName = "rondo_session";
/**
 * Browsers accept a cookie with this prefix only over https and only for the exact host that sets it. So no other host
 * of the domain can set the cookie (RFC 6265bis, 4.1.3.2).
 */
const hostName = `__Host-${plainName}`;

/** Matches the session cookies of all businesses, whether a business has its own path or its own host. */
const sessionPair = /^(?:__Host-)?rondo_session(?:_[a-z0-9-]+)?=/;

/**
 * Returns whether a request has a session cookie, with or without `__Host-`. The session can have ended.
 */
export const hasSessionCookie = (headers: Headers): boolean =>
  [hostName, plainName].some((name) => findCookie(headers, name) !== undefined);

/**
 * Only `publicUrl` determines the name of the cookie. The cookie is Secure if `publicUrl` or the URL of the request is
 * https. Headers of proxies are ignored, because they could be forged.
 */
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
  const deleteCookie = (c: HttpContext, cookie: string): void =>
    setCookie(c, cookie, "", { ...attributes(c), maxAge: 0 });
  const dropOldName = (c: HttpContext): void => {
    if (isHttps && findCookie(c.req.raw.headers, plainName) !== undefined) deleteCookie(c, plainName);
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
      deleteCookie(c, name);
      dropOldName(c);
    },
    below(headers, slug) {
      const inner = new Headers(headers);
      const pairs = (headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
      const others = pairs.filter((pair) => pair !== "" && !sessionPair.test(pair));
      const own = pairs.find((pair) => pair.startsWith(`${name}_${slug}=`));
      if (own !== undefined) others.push(own.replace(`${name}_${slug}`, name));
      if (others.length > 0) inner.set("cookie", others.join("; "));
      else inner.delete("cookie");
      return inner;
    },
    setBelow(response, slug) {
      const cookies = response.headers.getSetCookie();
      if (cookies.length === 0) return response;
      response.headers.delete("set-cookie");
      for (const cookie of cookies)
        response.headers.append("set-cookie", cookie.replace(`${name}=`, `${name}_${slug}=`));
      return response;
    },
    hasOldName: (headers) =>
      isHttps && findCookie(headers, hostName) === undefined && read(headers) !== undefined,
  };
}
