// Serves the job board to the operator's browser, if the technology of the queues has a job board. The operator signs
// in with any name, and with the operator key as the password.
import { createBullBoard } from "@bull-board/api";
import { HonoAdapter } from "@bull-board/hono";
import { Hono } from "hono";
import { serveStatic } from "hono/bun";
import { createMiddleware } from "hono/factory";
import type { ApiDeps } from "../deps/api-deps.ts";
import { addressOfRequest } from "./middleware/address.ts";
import { createFailedCredentials, type FailedCredentialsDeps } from "./credentials/failed-credentials.ts";
import { foreignOrigin, isForeign } from "./middleware/refuse-foreign-origin.ts";
import { problemResponse } from "./answers/problem.ts";
import { protectAnswer } from "./answers/protect-answer.ts";
import type { HttpEnv } from "./wire.ts";

export const jobBoardPath = "/v1/jobs/board";

export type JobBoardDeps = FailedCredentialsDeps &
  Pick<ApiDeps, "operatorKey" | "trustedProxies" | "publicUrl">;

export function jobBoard(board: NonNullable<ApiDeps["jobBoard"]>, deps: JobBoardDeps): Hono<HttpEnv> {
  const adapter = new HonoAdapter(serveStatic);
  createBullBoard({ queues: [...board.queues], serverAdapter: adapter });
  adapter.setBasePath(jobBoardPath);
  return new Hono<HttpEnv>()
    .onError((err) => problemResponse(err, ""))
    .use(async (c, next) => {
      await next();
      protectAnswer(c.res.headers);
      c.res.headers.set("content-security-policy", "frame-ancestors 'none'");
    })
    .use(requireOperatorKey(deps))
    .route(jobBoardPath, adapter.registerPlugin());
}

/**
 * Requires Basic authentication (RFC 7617) with the operator key. Wrong keys are counted together
 * with other wrong credentials. A request without credentials is refused, but not counted.
 */
function requireOperatorKey(deps: JobBoardDeps) {
  const failed = createFailedCredentials(deps);
  return createMiddleware<HttpEnv>(async (c, next) => {
    // A browser adds the Basic credentials to every request to this path, even to a request from a page of another
    // origin. So a page of another origin may send only GET requests.
    if (c.req.method !== "GET" && isForeign(c.req.raw.headers, deps.publicUrl)) throw foreignOrigin();
    const authorization = c.req.header("authorization");
    const address = addressOfRequest(c.req.raw, c.env, deps.trustedProxies);
    if (authorization !== undefined) failed.refuseGuess(authorization, address);
    if (authorization !== undefined && deps.operatorKey.matches(passwordOf(authorization))) {
      failed.see(authorization, address);
      return next();
    }
    const refusal = authorization === undefined ? undefined : await failed.count(address);
    if (refusal !== undefined) throw refusal;
    return c.text("Sign in with any name, and the operator key as the password.\n", 401, {
      "www-authenticate": 'Basic realm="Rondo operator", charset="UTF-8"',
    });
  });
}

function passwordOf(authorization: string): string {
  const [, encoded = ""] = /^basic +(\S+)$/i.exec(authorization) ?? [];
  const pair = Buffer.from(encoded, "base64").toString();
  return pair.slice(pair.indexOf(":") + 1);
}
