// Serves /v1/manage/users, with which a business's server or the operator finds, exports and erases
// users, and ends the sessions of users.
import { Hono } from "hono";
import { z } from "zod";
import { eraseUser, type EraseUserDeps } from "../../../accounts/deletion/erase-user.ts";
import { endSessions } from "../../../accounts/manage/end-sessions.ts";
import { exportUser } from "../../../accounts/manage/export-user.ts";
import { getUser, listUsers } from "../../../accounts/manage/list-users.ts";
import { managedBusiness } from "../../requests/managed-business.ts";
import { readSearch } from "../../requests/read-search.ts";
import type { HttpContext, HttpEnv } from "../../wire.ts";

const userSearch = z.strictObject({
  kind: z.enum(["guest", "member", "external"]).optional(),
  text: z.string().min(1).max(200).optional(),
  after: z.string().min(1).max(300).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export function managedUserRoutes(deps: EraseUserDeps) {
  const idOf = async (c: HttpContext): Promise<string> =>
    (await managedBusiness(deps.registry, c, "users")).id;
  const userOf = (c: HttpContext): string => c.req.param("userId") ?? "";
  return new Hono<HttpEnv>()
    .get("/users", async (c) => c.json(await listUsers(deps, await idOf(c), readSearch(c, userSearch))))
    .get("/users/:userId", async (c) => c.json(await getUser(deps, await idOf(c), userOf(c))))
    .get("/users/:userId/export", async (c) =>
      c.json(await exportUser(deps, await idOf(c), userOf(c)), 200, { "cache-control": "no-store" }),
    )
    .delete("/users/:userId/sessions", async (c) =>
      c.json({ ended: await endSessions(deps, await idOf(c), userOf(c)) }),
    )
    .delete("/users/:userId", async (c) => {
      const businessId = await idOf(c);
      const { userId } = await getUser(deps, businessId, userOf(c));
      // The status is 202, because jobs remove the data from the stores later.
      return c.json(await eraseUser(deps, { kind: "user", businessId, userId }), 202);
    });
}
