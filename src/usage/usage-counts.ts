// Reads and writes the usage counts in the database of a business. Each day (UTC) has one row per user, one row for the
// business itself, and one row for the users and the business together. A row exists only if something was counted.
import type { Transaction } from "kysely";
import type { BusinessTables } from "../businesses/tables/schema.ts";

// These three constants are stored in the column of user ids, in rows that belong to no single user. They can't be ids
// of users, because ids of users must not contain parentheses.

/** The id of the rows that count all users and the business itself together. */
export const everyoneId = "(all)";
/** The id of the rows that count the business's own servers, and listeners without an account. */
export const businessId = "(business)";
/** The id of the rows to which the counts of erased users are added. */
export const deletedId = "(deleted)";

export interface Counts {
  readonly generations: number;
  readonly soundMs: number;
  readonly storedBytes: number;
  readonly servedBytes: number;
  readonly queries: number;
}

const countNames = ["generations", "soundMs", "storedBytes", "servedBytes", "queries"] as const;
const noCounts: Counts = { generations: 0, soundMs: 0, storedBytes: 0, servedBytes: 0, queries: 0 };

type Trx = Transaction<BusinessTables>;

/**
 * Adds `more` to two rows of the day: the row of `userId` and the row of `everyoneId`. The row of
 * `everyoneId` is written first and stays locked until the end of the transaction. So two
 * concurrent transactions can't both use the rest of a quota.
 */
export async function addCounts(
  trx: Trx,
  { userId, day }: { readonly userId: string; readonly day: string },
  more: Partial<Counts>,
): Promise<void> {
  for (const id of [everyoneId, userId]) await addTo(trx, { userId: id, day }, more);
}

async function addTo(
  trx: Trx,
  { userId, day }: { readonly userId: string; readonly day: string },
  more: Partial<Counts>,
): Promise<void> {
  const counts = { ...noCounts, ...more };
  await trx
    .insertInto("usageCounts")
    .values({ day, userId, ...counts })
    .onConflict((row) =>
      row.columns(["userId", "day"]).doUpdateSet((is) => ({
        generations: is("usageCounts.generations", "+", counts.generations),
        soundMs: is("usageCounts.soundMs", "+", counts.soundMs),
        storedBytes: is("usageCounts.storedBytes", "+", counts.storedBytes),
        servedBytes: is("usageCounts.servedBytes", "+", counts.servedBytes),
        queries: is("usageCounts.queries", "+", counts.queries),
      })),
    )
    .execute();
}

/**
 * Returns the usage from one day to another, both included. `userId` is the id of a user, or one of
 * the three constants. A day is a UTC date such as "2026-11-30".
 */
export async function sumCounts(
  kysely: Pick<Trx, "selectFrom">,
  userId: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Counts> {
  const row = await kysely
    .selectFrom("usageCounts")
    .select((eb) => countNames.map((name) => eb.fn.sum<number | string | null>(name).as(name)))
    .where("userId", "=", userId)
    .where("day", ">=", from)
    .where("day", "<=", to)
    .executeTakeFirstOrThrow();
  return Object.fromEntries(countNames.map((name) => [name, Number(row[name] ?? 0)])) as unknown as Counts;
}

/**
 * Adds the counts of `fromId` to those of `toId`, day by day, and deletes the rows of `fromId`. The
 * rows of `everyoneId` are unchanged, because they contain these counts already.
 */
export async function moveCounts(trx: Trx, fromId: string, toId: string): Promise<void> {
  const rows = await trx.deleteFrom("usageCounts").where("userId", "=", fromId).returningAll().execute();
  for (const { day, userId: _, ...counts } of rows) {
    const numbers = Object.fromEntries(countNames.map((name) => [name, Number(counts[name])]));
    await addTo(trx, { userId: toId, day }, numbers);
  }
}
