// Sets the generators that a business may use.
import { v7 as uuidv7 } from "uuid";
import { notFound } from "../../errors.ts";
import type { CreateBusinessDeps } from "./create-business.ts";

export interface BusinessGenerators {
  readonly slug: string;
  /** The names of the generators, the default first; null: the business may use all generators. */
  readonly generators: readonly string[] | null;
}

/**
 * The change takes effect in this process immediately, and in other processes within five seconds.
 * Throws NOT_FOUND for an unknown business. Does not check the names: later, a name that no generator has is ignored,
 * and if no name is left, generations fail.
 */
export async function setBusinessGenerators(
  { control, registry }: Pick<CreateBusinessDeps, "control" | "registry">,
  actor: string,
  { slug, generators }: BusinessGenerators,
): Promise<void> {
  await control.transaction(async (trx) => {
    const row = await trx
      .selectFrom("businesses")
      .select(["id", "limits"])
      .where("slug", "=", slug)
      .executeTakeFirst();
    if (row === undefined) throw notFound("business");
    const { generators: _, ...limits } = JSON.parse(row.limits) as Record<string, unknown>;
    const changed = generators === null ? limits : { ...limits, generators };
    await trx
      .updateTable("businesses")
      .set({ limits: JSON.stringify(changed) })
      .where("id", "=", row.id)
      .execute();
    const at = new Date().toISOString();
    await trx
      .insertInto("audit")
      .values({ id: uuidv7(), at, actor, action: "business.generators", subject: row.id })
      .execute();
  });
  registry.forget();
}
