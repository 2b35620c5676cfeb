// Wraps every request: sets its id, counts a wrong credential, adds Server-Timing, logs a line, and updates the metrics.
import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { Log } from "../../process/log.ts";
import type { Identify } from "../credentials/identify.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { protectAnswer } from "../protect-answer.ts";
import type { HttpEnv } from "../wire.ts";

/** An id that the caller may bring along, so that its logs and ours join. */
export const broughtId = /^[\w.:-]{1,128}$/;

export interface ObserveDeps {
  readonly log: Log;
  readonly metrics: Metrics;
  newRequestId(): string;
  readonly identify: Identify;
}

export const observe = ({ log, metrics, newRequestId, identify }: ObserveDeps) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const startedMs = performance.now();
    const brought = c.req.raw.headers.get("x-request-id");
    const requestId = brought !== null && broughtId.test(brought) ? brought : newRequestId();
    c.set("requestId", requestId);
    await next();
    const answered = { response: c.res, err: c.error, requestId };
    const refusal = await identify.countFailure(c.req.raw, c.env, answered);
    if (refusal !== undefined) c.res = refusal;
    const ms = Math.round((performance.now() - startedMs) * 100) / 100;
    const { status, headers } = c.res;
    protectAnswer(headers);
    headers.set("x-request-id", requestId);
    headers.append("server-timing", `total;dur=${ms}`);
    metrics.countRequest(c.req.method, routePath(c, -1), status, ms / 1000);
    const caller = c.get("caller");
    log.request({
      requestId,
      method: c.req.method,
      path: c.req.path,
      status,
      ms,
      businessId: caller && "businessId" in caller ? caller.businessId : undefined,
      err: c.error,
    });
  });
