// Serves /v1/businesses/{slug}/promotion, where the operator moves the database of a business to another engine and
// follows the progress.
import { Hono } from "hono";
import { z } from "zod";
import { parseMoveAddress } from "../../../moves/business/move-address.ts";
import type { MovesHere } from "../../../moves/business/moves-here.ts";
import { AppError } from "../../../errors.ts";
import type { StoreUrl } from "../../../ports/store-url.ts";
import { type HttpEnv, readJson, requireOperator } from "../../wire.ts";

const address = z.string().min(1).max(2_000);
export const promotionBody = z.strictObject({
  action: z.enum(["dryRun", "move", "back", "finish", "cancel"]),
  to: address.optional(),
  admin: address.optional(),
});

export const promotionRoutes = ({ movesHere }: { readonly movesHere: MovesHere }) =>
  new Hono<HttpEnv>()
    .get("/:slug/promotion", async (c) => {
      requireOperator(c);
      return c.json(await movesHere.stateOf(c.req.param("slug")));
    })
    .post("/:slug/promotion", async (c) => {
      requireOperator(c);
      const { action, to, admin } = await readJson(c, promotionBody);
      const addresses = { to: addressOf("to", to), admin: addressOf("admin", admin) };
      return c.json(await movesHere.begin(c.req.param("slug"), action, addresses), 202);
    });

/**
 * Throws INVALID_PARAMETER if the text is not the address of a database. Also throws
 * INVALID_PARAMETER if the text names the file of an SQLite database, because a request over HTTP is
 * not allowed to choose a file.
 */
function addressOf(name: string, text: string | undefined): StoreUrl | undefined {
  if (text === undefined) return undefined;
  const found = parseMoveAddress(name, text);
  if (found.scheme !== "sqlite" || found.location === "") return found;
  throw new AppError("INVALID_PARAMETER", "The file of a database can't be chosen here.", {
    faults: [{ at: `/${name}`, message: "It has a path.", hint: 'Write only "sqlite:", without a path.' }],
  });
}
