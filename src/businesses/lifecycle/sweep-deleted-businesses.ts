// Erases the businesses whose grace period is over.
import { eachByItself } from "../due/each-by-itself.ts";
import { eraseBusiness, type EraseBusinessDeps } from "./erase-business.ts";

/**
 * An erasure begins no earlier than this many milliseconds after `deleteAfter`. By then, every process refuses the
 * credentials of the business, even if the business was deleted without a grace period.
 */
const refusedMs = 10_000;
/** The time limit for the erasure of one business. If the erasure takes longer, the next sweep removes the rest. */
const limitMs = 3_600_000;

/**
 * Returns the ids of the erased businesses. If a business can't be erased, the other businesses are
 * still erased, and then the function throws an AggregateError. The sweep can be repeated after any
 * failure, and several sweeps can run at the same time. A business that another sweep of this process is still erasing
 * counts as a failure. After an abort, no further erasure is begun.
 */
export async function sweepDeletedBusinesses(
  deps: EraseBusinessDeps,
  signal: AbortSignal,
  nowMs = Date.now(),
): Promise<readonly string[]> {
  await deps.control.kysely
    .updateTable("businesses")
    .set({ state: "erasing" })
    .where("state", "=", "deleting")
    .where("deleteAfter", "<", new Date(nowMs - refusedMs).toISOString())
    .execute();
  const rows = await deps.control.kysely
    .selectFrom("businesses")
    .selectAll()
    .where("state", "=", "erasing")
    .execute();
  const erased: string[] = [];
  const failures: unknown[] = [];
  await eachByItself(
    rows,
    {
      limitMs,
      nameOf: ({ id }) => `erase/${id}`,
      async work(row, stop) {
        await eraseBusiness(deps, row, stop);
        erased.push(row.id);
      },
      failed: async (_, err) => void failures.push(err),
    },
    signal,
  );
  if (failures.length > 0) throw new AggregateError(failures, "Some businesses could not be erased.");
  return erased;
}
