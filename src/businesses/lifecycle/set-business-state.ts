// Suspends or resumes a business. While it is suspended, its keys, sessions, tokens and links are
// refused, and none of its data change.
import { v7 as uuidv7 } from "uuid";
import { notFound } from "../../errors.ts";
import type { Business } from "../business.ts";
import type { CreateBusinessDeps } from "./create-business.ts";

/**
 * Takes effect in this process at once, in others within five seconds. Setting the same state again
 * changes nothing. NOT_FOUND for an unknown business.
 */
export async function setBusinessState(
  { control, registry }: Pick<CreateBusinessDeps, "control" | "registry">,
  actor: string,
  { slug, state }: Pick<Business, "slug" | "state">,
): Promise<void> {
  await control.transaction(async (trx) => {
    const done = await trx
      .updateTable("businesses")
      .set({ state })
      .where("slug", "=", slug)
      .returning("id")
      .executeTakeFirst();
    if (done === undefined) throw notFound("business");
    const action = state === "suspended" ? "business.suspend" : "business.resume";
    await trx
      .insertInto("audit")
      .values({ id: uuidv7(), at: new Date().toISOString(), actor, action, subject: done.id })
      .execute();
  });
  registry.forget();
}
