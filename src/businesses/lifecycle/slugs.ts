// Enforces the rules for slugs: their format, and that no two businesses have the same current or former slug.
import type { Kysely } from "kysely";
import { AppError } from "../../errors.ts";
import { slugSchema } from "../business.ts";
import type { ControlTables } from "../tables/control-schema.ts";

/** Throws INVALID_PARAMETER for a string that is not a slug. */
export function parseSlug(text: string): string {
  const slug = slugSchema.safeParse(text);
  if (slug.success) return slug.data;
  throw new AppError("INVALID_PARAMETER", "The slug is not valid.", {
    faults: [{ at: "slug", message: slug.error.issues[0]?.message ?? "Not a slug." }],
  });
}

/**
 * Throws CONFLICT if a business other than `businessId` has the slug. Also throws CONFLICT if
 * another business had the slug before, and links with the slug still lead to that business. For a
 * new business, leave out `businessId`.
 */
export async function refuseTakenSlug(
  control: Kysely<ControlTables>,
  slug: string,
  businessId = "",
): Promise<void> {
  const holder = await control
    .selectFrom("businesses")
    .select("id as businessId")
    .where("slug", "=", slug)
    .unionAll(control.selectFrom("formerSlugs").select("businessId").where("slug", "=", slug))
    .executeTakeFirst();
  if (holder !== undefined && holder.businessId !== businessId) throw slugTaken(slug);
}

export const slugTaken = (slug: string) =>
  new AppError("CONFLICT", `A business "${slug}" exists already.`, { hint: "Choose another slug." });
