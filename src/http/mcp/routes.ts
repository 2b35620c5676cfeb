// Serves /mcp, where the named queries are tools of the Model Context Protocol. A tool uses the credential of the
// caller.
import { Hono } from "hono";
import { AppError } from "../../errors.ts";
import { readJsonBody } from "../requests/json-body.ts";
import type { HttpEnv } from "../wire.ts";
import { type CountedQueryDeps, queryCallerOf } from "../call-query.ts";

export function mcpRoutes(deps: CountedQueryDeps) {
  return new Hono<HttpEnv>()
    .post("/", async (c) => {
      const caller = queryCallerOf(c.get("caller"));
      // The module is loaded at the first call, because loading it takes longer than loading the rest of the server.
      const { answerMcp } = await import("./server.ts");
      return answerMcp(deps, caller, c.req.raw, (await readJsonBody(c.req.raw)).value);
    })
    .all("/", () => {
      throw new AppError(
        "METHOD_NOT_ALLOWED",
        "This server offers no event stream: send each message with POST.",
        {
          details: { allow: "POST" },
        },
      );
    });
}
