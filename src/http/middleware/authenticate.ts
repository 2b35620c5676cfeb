// Authenticates the caller. Each route then checks whether this caller may use the route.
import { createMiddleware } from "hono/factory";
import type { Identify } from "../credentials/identify.ts";
import type { HttpEnv } from "../wire.ts";

export const authenticate = ({ callerOf }: Identify) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const found = callerOf(c.req.raw, c.env);
    c.set("caller", found instanceof Promise ? await found : found);
    await next();
  });
