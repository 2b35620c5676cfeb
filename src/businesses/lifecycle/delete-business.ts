// Deletes a business. As soon as the deletion starts, the keys, sessions, tokens and links of the
// business are refused. Its data is erased after a grace period. During the grace period, the deletion can be undone.
import { v7 as uuidv7 } from "uuid";
import { AppError } from "../../errors.ts";
import type { CreateBusinessDeps } from "./create-business.ts";
import { reasonOf } from "./set-business-state.ts";

type Deps = Pick<CreateBusinessDeps, "control" | "registry">;

const dayMs = 86_400_000;
export const graceDaysUsual = 30;

/**
 * Starts the deletion. All keys, sessions, tokens and links of the business are then refused: in
 * this process immediately, in other processes within five seconds. Returns the end of the grace
 * period (RFC 3339). After this time, a sweep erases the business. A second call starts a new grace
 * period from now.
 * Errors: NOT_FOUND for an unknown business, CONFLICT if the erasure has begun.
 */
export async function deleteBusiness(
  { control, registry }: Deps,
  actor: string,
  { slug, graceDays = graceDaysUsual }: { readonly slug: string; readonly graceDays?: number | undefined },
): Promise<string> {
  const deleteAfter = new Date(Date.now() + graceDays * dayMs).toISOString();
  await control.transaction(async (trx) => {
    const done = await trx
      .updateTable("businesses")
      .set({ state: "deleting", deleteAfter })
      .where("slug", "=", slug)
      .where("state", "!=", "erasing")
      .returning("id")
      .executeTakeFirst();
    if (done === undefined) throw await reasonOf(trx, slug);
    await trx
      .insertInto("audit")
      .values(audit(actor, "business.delete", done.id))
      .execute();
  });
  registry.forget();
  return deleteAfter;
}

/**
 * Undoes a deletion. Afterwards the business is suspended, even if it was active before the
 * deletion; resume it with `setBusinessState`. Errors: NOT_FOUND for an unknown business, CONFLICT
 * if the business is not being deleted or if its erasure has begun.
 */
export async function undeleteBusiness(
  { control, registry }: Deps,
  actor: string,
  slug: string,
): Promise<void> {
  await control.transaction(async (trx) => {
    const done = await trx
      .updateTable("businesses")
      .set({ state: "suspended", deleteAfter: null })
      .where("slug", "=", slug)
      .where("state", "=", "deleting")
      .returning("id")
      .executeTakeFirst();
    if (done === undefined) {
      const found = await trx
        .selectFrom("businesses")
        .select("state")
        .where("slug", "=", slug)
        .where("state", "!=", "erasing")
        .executeTakeFirst();
      throw found === undefined ? await reasonOf(trx, slug) : notDeleting();
    }
    await trx
      .insertInto("audit")
      .values(audit(actor, "business.undelete", done.id))
      .execute();
  });
  registry.forget();
}

const audit = (actor: string, action: string, subject: string) => ({
  ...{ id: uuidv7(), at: new Date().toISOString() },
  ...{ actor, action, subject },
});

const notDeleting = () =>
  new AppError("CONFLICT", "This business is not being deleted.", { hint: "There is nothing to undo." });
