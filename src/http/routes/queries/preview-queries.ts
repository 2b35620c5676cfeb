// Serves POST /v1/previews/{previewId}/queries/{name}, which runs a named query on a preview: a copy of a business's
// database. Previews have their own path, so that a query that is meant for a preview never runs on the business's
// own database, even if the previewId is wrong.
import { Hono } from "hono";
import type { BusinessCaller, UserCaller } from "../../../accounts/caller.ts";
import type { PreviewDatabases } from "../../../businesses/previews/preview-databases.ts";
import { requireScope } from "../../../businesses/secrets/key-scopes.ts";
import { AppError } from "../../../errors.ts";
import { type CallQueryDeps, callQueryOn } from "../../call-query.ts";
import { readJsonObject } from "../../requests/json-body.ts";
import { type HttpContext, type HttpEnv, requireBusiness } from "../../wire.ts";

export interface PreviewQueryDeps extends CallQueryDeps {
  readonly previews: Pick<PreviewDatabases, "use">;
}

export const userHeader = "rondo-user";
const userIdCharactersMax = 200;

export const previewQueryRoutes = (deps: PreviewQueryDeps) =>
  new Hono<HttpEnv>().post("/:previewId/queries/:name", async (c) => {
    const key = requireBusiness(c, "queries");
    const caller = callerOf(c, key);
    const parameters = await readJsonObject(c.req.raw);
    const { previewId, name } = c.req.param();
    const { body } = await deps.previews.use({ businessId: key.businessId, previewId }, async (database) =>
      callQueryOn(deps, database, caller, { name, method: "POST", parameters }, previewId),
    );
    return new Response(body, {
      headers: { "content-type": "application/json", "cache-control": "no-store" },
    });
  });

/**
 * Returns the caller of the query. Without the header Rondo-User, the query runs in the name of the
 * business. With the header, the query runs in the name of the user whose id is in the header. Then
 * this function throws FORBIDDEN if the key lacks the scope "tokens", and INVALID_PARAMETER if the
 * id is empty or too long.
 */
function callerOf(c: HttpContext, key: BusinessCaller): UserCaller | BusinessCaller {
  const userId = c.req.header(userHeader);
  if (userId === undefined) return key;
  requireScope(key, "tokens");
  if (userId.length > 0 && userId.length <= userIdCharactersMax)
    return { kind: "user", businessId: key.businessId, userId };
  throw new AppError("INVALID_PARAMETER", "The id of the user is not valid.", {
    faults: [{ at: userHeader, message: `It has to have 1 to ${userIdCharactersMax} characters.` }],
  });
}
