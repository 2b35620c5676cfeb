// Around every request: its id, its time (Server-Timing), its line in the log, its count in the metrics.
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import { v7 as uuidv7 } from "uuid";
import type { Log } from "../../log.ts";
import type { Metrics } from "../metrics.ts";
import type { HttpEnv } from "../wire.ts";

/** An id that the caller may bring along, so that its logs and ours join. */
const broughtId = /^[\w.:-]{1,128}$/;

export const observe = (log: Log, metrics: Metrics) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const startedMs = performance.now();
    const brought = c.req.header("x-request-id");
    const requestId = brought !== undefined && broughtId.test(brought) ? brought : uuidv7();
    c.set("requestId", requestId);
    await next();
    const tookMs = performance.now() - startedMs;
    c.res.headers.set("x-request-id", requestId);
    c.res.headers.append("server-timing", `total;dur=${tookMs.toFixed(2)}`);
    const { status } = c.res;
    metrics.countRequest(c.req.method, routePath(c, -1), status, tookMs / 1000);
    const caller = c.get("caller");
    const level = status >= 500 ? "error" : "info";
    log[level](
      {
        requestId,
        method: c.req.method,
        path: c.req.path,
        status,
        ms: Math.round(tookMs * 100) / 100,
        ...(caller && "businessId" in caller ? { businessId: caller.businessId } : {}),
        ...(c.error === undefined ? {} : { err: c.error }),
      },
      "request",
    );
  });
