// Gives an id to every request that the router answers, measures the duration of the request, and
// logs and counts the request.
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import { pathOf } from "../reads/read.ts";
import type { BeginRequest } from "../requests/request-record.ts";
import type { HttpEnv } from "../wire.ts";

export const observe = (begin: BeginRequest) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const { requestId, end } = begin(c.req.raw, c.env, pathOf(c.req.raw.url));
    c.set("requestId", requestId);
    await next();
    const outcome = { route: routePath(c, -1), caller: c.get("caller"), err: c.error };
    const ended = await end(c.res, outcome);
    if (ended !== c.res) c.res = ended;
  });
