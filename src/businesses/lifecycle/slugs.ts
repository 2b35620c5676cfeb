// Enforces two rules: a slug has a fixed format, and a current or former slug belongs to only one business.
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
 * Throws CONFLICT if the slug belongs to another business than `businessId`. A former slug of a business still belongs
 * to it if its links with this slug were kept. For a new business, leave out `businessId`.
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
