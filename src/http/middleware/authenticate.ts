// Finds out who calls. What a route then demands of the caller is the route's.
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import type { createAuthenticator } from "../../accounts/authenticate.ts";
import type { HttpEnv } from "../wire.ts";

export const sessionCookie = "rondo_session";

export const authenticate = (findCaller: ReturnType<typeof createAuthenticator>) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const authorization = c.req.raw.headers.get("authorization") ?? undefined;
    const session = authorization === undefined ? getCookie(c, sessionCookie) : undefined;
    c.set(
      "caller",
      authorization === undefined && session === undefined
        ? undefined
        : await findCaller({ authorization, session }),
    );
    await next();
  });
