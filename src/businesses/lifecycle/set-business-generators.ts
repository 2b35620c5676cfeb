// Sets the generators that a business is allowed to use.
import { v7 as uuidv7 } from "uuid";
import { notFound } from "../../errors.ts";
import { refuseUnknownGenerator } from "../../generators/refuse-unknown-generator.ts";
import type { CreateBusinessDeps } from "./create-business.ts";

export interface SetBusinessGeneratorsDeps extends Pick<CreateBusinessDeps, "control" | "registry"> {
  /** The names in RONDO_GENERATORS. */
  readonly generatorNames: readonly string[];
}

export interface BusinessGenerators {
  readonly slug: string;
  /** The names of the generators. The first one is the default. null: the business is allowed to use all generators. */
  readonly generators: readonly string[] | null;
}

/**
 * The change takes effect in this process immediately, and in other processes within five seconds.
 * Errors: NOT_FOUND for an unknown business, INVALID_PARAMETER for a name that is not in RONDO_GENERATORS. If a name is
 * removed from RONDO_GENERATORS later, the name is ignored. If this happens to all names of a business, the generations
 * of the business fail.
 */
export async function setBusinessGenerators(
  { control, registry, generatorNames }: SetBusinessGeneratorsDeps,
  actor: string,
  { slug, generators }: BusinessGenerators,
): Promise<void> {
  for (const [at, name] of (generators ?? []).entries())
    refuseUnknownGenerator(name, generatorNames, `/generators/${at}`);
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
