// The queues in a browser, for the operator alone: any name and the operator key as the password. Where the queue has a board.
import { createBullBoard } from "@bull-board/api";
import { HonoAdapter } from "@bull-board/hono";
import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { serveStatic } from "hono/bun";
import type { ApiDeps } from "./deps.ts";
import { problemResponse } from "./http/problem.ts";

export const jobBoardPath = "/v1/jobs/board";

export function jobBoard(
  board: NonNullable<ApiDeps["jobBoard"]>,
  { operatorKey }: Pick<ApiDeps, "operatorKey">,
): Hono {
  const adapter = new HonoAdapter(serveStatic);
  createBullBoard({ queues: [...board.queues], serverAdapter: adapter });
  adapter.setBasePath(jobBoardPath);
  return new Hono()
    .onError((err) => ("getResponse" in err ? err.getResponse() : problemResponse(err, "")))
    .use(basicAuth({ realm: "Rondo's operator", verifyUser: (_, key) => operatorKey.matches(key) }))
    .route(jobBoardPath, adapter.registerPlugin());
}
