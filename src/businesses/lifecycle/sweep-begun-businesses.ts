// Removes the databases of businesses whose creation did not finish, because the creating process
// was killed or could not clean up.
import type { BusinessProvisioner } from "../../ports/business-provisioner/business-provisioner.ts";
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import { eachByItself } from "../due/each-by-itself.ts";
import type { BusinessTables } from "../tables/schema.ts";

export interface SweepBegunBusinessesDeps {
  readonly control: Database<ControlTables>;
  readonly provisioner: Pick<BusinessProvisioner<BusinessTables>, "dropEvery">;
}

/** The creation of any database takes less time than this. */
const abandonedMs = 30 * 60_000;
/** The maximum difference between the clocks of two machines. */
const clocksApartMs = 60_000;
/** The time limit for one removal. A slower removal counts as failed about two seconds later, but is not stopped. */
const dropMsMax = 60_000;

/**
 * Returns the ids of the removed businesses. If some businesses could not be removed, the function
 * removes the others and then throws an AggregateError. After an abort, no more removals begin. The
 * function can be called again after any failure, and several processes can call it at the same
 * time. Within one process, a call fails for the businesses that an earlier call is still removing.
 */
export async function sweepBegunBusinesses(
  { control, provisioner }: SweepBegunBusinessesDeps,
  nowMs = Date.now(),
  signal = new AbortController().signal,
): Promise<readonly string[]> {
  // A start time in the future was written by a process whose clock was ahead. Such a start time is
  // replaced by the present time. Otherwise the business would be removed only after the future time.
  await control.kysely
    .updateTable("begunBusinesses")
    .set({ begunAt: new Date(nowMs).toISOString() })
    .where("begunAt", ">", new Date(nowMs + clocksApartMs).toISOString())
    .execute();
  // The creating process can still be alive. But that process finishes a business only if the row
  // has the state "begun".
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
  const failures = new Map<string, unknown>();
  await eachByItself(
    abandoned,
    {
      nameOf: ({ id }) => `begun/${id}`,
      limitMs: dropMsMax,
      async work({ id, engine }) {
        await provisioner.dropEvery({ engine, businessId: id });
        await control.kysely.deleteFrom("begunBusinesses").where("id", "=", id).execute();
        removed.push(id);
      },
      async failed({ id }, err) {
        failures.set(id, err);
      },
    },
    signal,
  );
  if (failures.size > 0) {
    const ids = [...failures.keys()].join(", ");
    throw new AggregateError(failures.values(), `The unfinished businesses ${ids} could not be removed.`);
  }
  return removed;
}
