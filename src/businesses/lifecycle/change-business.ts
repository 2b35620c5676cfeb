// Renames a business, or changes its limits.
import { v7 as uuidv7 } from "uuid";
import { isAppError } from "../../errors.ts";
import { type Quotas, withQuotaChanges } from "../limits/quotas.ts";
import type { LimitChanges } from "../limits/limit-changes.ts";
import type { CreateBusinessDeps } from "./create-business.ts";
import { reasonOf } from "./set-business-state.ts";
import { parseSlug, refuseTakenSlug, slugTaken } from "./slugs.ts";

export interface BusinessChanges {
  /** If the name is empty or contains only spaces, the slug becomes the name. */
  readonly name?: string | undefined;
  readonly slug?: string | undefined;
  /**
   * Whether the old slug stays valid after a change of the slug. The default is true. With false, the old slug and all
   * earlier slugs become invalid. Then links, sessions and addresses with these slugs no longer work, and other
   * businesses can take these slugs.
   */
  readonly keepOldLinks?: boolean | undefined;
  /**
   * For each limit: null means no limit, and "default" means that the limit from the settings applies again. A limit
   * that is left out is not changed.
   */
  readonly limits?: LimitChanges | undefined;
}

/**
 * The change takes effect in this process immediately, and in other processes within five seconds.
 * If an error is thrown, nothing is changed. Errors: NOT_FOUND (no business has `slug` as its current slug), CONFLICT
 * (the new slug is taken, or the business is being erased), INVALID_PARAMETER (the new slug is invalid).
 */
export async function changeBusiness(
  { control, registry }: Pick<CreateBusinessDeps, "control" | "registry">,
  actor: string,
  slug: string,
  changes: BusinessChanges,
): Promise<void> {
  const wanted = changes.slug === undefined ? slug : parseSlug(changes.slug);
  const at = new Date().toISOString();
  const change = control.transaction(async (trx) => {
    const row = await trx
      .selectFrom("businesses")
      .select(["id", "limits", "state"])
      .where("slug", "=", slug)
      .executeTakeFirst();
    if (row === undefined || row.state === "erasing") throw await reasonOf(trx, slug);
    await refuseTakenSlug(trx, wanted, row.id);
    await trx
      .updateTable("businesses")
      .set({
        slug: wanted,
        ...(changes.name === undefined ? {} : { name: changes.name.trim() || wanted }),
        ...(changes.limits === undefined ? {} : { limits: changedLimits(row.limits, changes.limits) }),
      })
      .where("id", "=", row.id)
      .execute();
    if (wanted !== slug) {
      await trx.deleteFrom("formerSlugs").where("slug", "=", wanted).execute();
      const kept = { slug, businessId: row.id, since: at };
      if (changes.keepOldLinks ?? true) await trx.insertInto("formerSlugs").values(kept).execute();
      else await trx.deleteFrom("formerSlugs").where("businessId", "=", row.id).execute();
    }
    await trx
      .insertInto("audit")
      .values({ id: uuidv7(), at, actor, action: "business.change", subject: row.id })
      .execute();
  });
  await change.catch((err: unknown) => {
    // If another business took the slug after the check, the database refuses the change with CONFLICT.
    throw isAppError(err, "CONFLICT") && changes.slug !== undefined && wanted !== slug
      ? slugTaken(wanted)
      : err;
  });
  registry.forget();
}

function changedLimits(stored: string, { rates, quotas, ...others }: LimitChanges): string {
  const { rates: storedRates, ...limits } = JSON.parse(stored) as Record<string, unknown>;
  if (quotas !== undefined) limits.quotas = withQuotaChanges(limits.quotas as Quotas | undefined, quotas);
  return JSON.stringify({
    ...withChanges(limits, others),
    rates: withChanges((storedRates ?? {}) as Record<string, unknown>, rates ?? {}),
  });
}

const withChanges = (stored: Record<string, unknown>, changes: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries({ ...stored, ...changes }).filter(
      ([, value]) => value !== "default" && value !== undefined,
    ),
  );
