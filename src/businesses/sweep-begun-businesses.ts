// Takes away the databases of businesses that were begun and never had their row: their maker was killed, or could not tidy up.
import type { BusinessProvisioner } from "../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../ports/database/database.ts";
import type { ControlTables } from "./control-schema.ts";
import type { BusinessTables } from "./schema.ts";

export interface SweepBegunBusinessesDeps {
  readonly control: Database<ControlTables>;
  readonly provisioner: Pick<BusinessProvisioner<BusinessTables>, "dropEvery">;
}

/** Longer than any database takes to make. */
const abandonedMs = 30 * 60_000;

/** Gives the ids of those that were taken away. May be run again after any failure, and by several at once. */
export async function sweepBegunBusinesses(
  { control, provisioner }: SweepBegunBusinessesDeps,
  nowMs = Date.now(),
): Promise<readonly string[]> {
  // From here on its maker, should it live after all, can't finish it.
  await control.kysely
    .updateTable("begunBusinesses")
    .set({ state: "dropping" })
    .where("begunAt", "<", new Date(nowMs - abandonedMs).toISOString())
    .execute();
  const abandoned = await control.kysely
    .selectFrom("begunBusinesses")
    .select(["id", "engine"])
    .where("state", "=", "dropping")
    .execute();
  for (const { id, engine } of abandoned) {
    await provisioner.dropEvery({ engine, businessId: id });
    await control.kysely.deleteFrom("begunBusinesses").where("id", "=", id).execute();
  }
  return abandoned.map(({ id }) => id);
}
