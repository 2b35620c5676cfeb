// Finds out who calls. What a route then demands of the caller is the route's.
import { createMiddleware } from "hono/factory";
import type { createAuthenticator } from "../../accounts/authenticate.ts";
import type { SessionCookie } from "../session-cookie.ts";
import type { HttpEnv } from "../wire.ts";

export interface AuthenticateRequestDeps {
  readonly findCaller: ReturnType<typeof createAuthenticator>;
  readonly sessionCookie: SessionCookie;
}

export const authenticate = ({ findCaller, sessionCookie }: AuthenticateRequestDeps) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const found = findCaller(sessionCookie.credentialOf(c.req.raw.headers));
    c.set("caller", found instanceof Promise ? await found : found);
    await next();
  });
