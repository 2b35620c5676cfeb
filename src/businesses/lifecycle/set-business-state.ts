// Suspends or resumes a business. While a business is suspended, its keys, sessions, tokens and links are refused, but
// its data is not deleted.
import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "kysely";
import { AppError, notFound } from "../../errors.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import type { CreateBusinessDeps } from "./create-business.ts";

/**
 * The change takes effect in this process immediately, and in other processes within five seconds. If the business
 * already has this state, the audit entry is written all the same, and nothing else changes. Errors: NOT_FOUND for an
 * unknown business, CONFLICT for a business that is being deleted or erased.
 */
export async function setBusinessState(
  { control, registry }: Pick<CreateBusinessDeps, "control" | "registry">,
  actor: string,
  { slug, state }: { readonly slug: string; readonly state: "active" | "suspended" },
): Promise<void> {
  await control.transaction(async (trx) => {
    const done = await trx
      .updateTable("businesses")
      .set({ state })
      .where("slug", "=", slug)
      .where("state", "in", ["active", "suspended"])
      .returning("id")
      .executeTakeFirst();
    if (done === undefined) throw await reasonOf(trx, slug);
    const action = state === "suspended" ? "business.suspend" : "business.resume";
    await trx
      .insertInto("audit")
      .values({ id: uuidv7(), at: new Date().toISOString(), actor, action, subject: done.id })
      .execute();
  });
  registry.forget();
}

/**
 * Returns the error that says why no row was changed: NOT_FOUND for a missing business, CONFLICT
 * for a business that is being deleted or erased. Don't call this function for an active or suspended
 * business: the error would say that the business is being deleted.
 */
export async function reasonOf(trx: Transaction<ControlTables>, slug: string): Promise<AppError> {
  const found = await trx
    .selectFrom("businesses")
    .select("state")
    .where("slug", "=", slug)
    .executeTakeFirst();
  if (found === undefined) return notFound("business");
  return found.state === "erasing"
    ? new AppError("CONFLICT", "This business is being erased.", { hint: "The erasure can't be undone." })
    : new AppError("CONFLICT", "This business is being deleted.", {
        hint: "Undo the deletion first: `rondo business undelete`.",
      });
}
