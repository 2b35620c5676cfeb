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
  const removed: string[] = [];
  const failures: unknown[] = [];
  for (const { id, engine } of abandoned) {
    try {
      await provisioner.dropEvery({ engine, businessId: id });
      await control.kysely.deleteFrom("begunBusinesses").where("id", "=", id).execute();
      removed.push(id);
    } catch (err) {
      // One whose engine is away, or served here no more, must not keep the others.
      failures.push(err);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} begun businesses could not be removed.`);
  return removed;
}
