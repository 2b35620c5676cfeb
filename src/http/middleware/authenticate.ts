// Authenticates the caller. Each route then checks whether this caller is allowed to use the route. A request without a
// credential, or with an invalid cookie, has no caller and goes on to the route. A wrong key or token ends the request
// with UNAUTHENTICATED. After too many failures from an address, the address is blocked for some time: all keys from
// the address, wrong or correct, get the error TOO_MANY_REQUESTS, except keys that this process has accepted within the
// last day. The error says when the block ends.
import { createMiddleware } from "hono/factory";
import type { Identify } from "../credentials/identify.ts";
import type { HttpEnv } from "../wire.ts";

export const authenticate = ({ callerOf }: Identify) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const found = callerOf(c.req.raw, c.env);
    c.set("caller", found instanceof Promise ? await found : found);
    await next();
  });
