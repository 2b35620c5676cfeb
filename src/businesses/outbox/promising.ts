// Adds the method `promising` to a business's database. The method runs a transaction that can create work for sweeps
// (scheduled jobs). Before the transaction starts, the method marks the business as due, so that the sweeps check the
// business later.
import type { Transaction } from "kysely";
import { AppError } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import type { DueKind } from "../tables/control-schema.ts";
import type { DueWork } from "../due/due-work.ts";
import type { BusinessTables } from "../tables/schema.ts";

declare const promising: unique symbol;

/**
 * Only this type of transaction is allowed to create work for sweeps. Other transactions don't mark the business as
 * due, so no sweep would find the work.
 */
export type PromisingTransaction = Transaction<BusinessTables> & { readonly [promising]: true };

export interface BusinessDatabase extends Database<BusinessTables> {
  /**
   * Runs a transaction that can create work for the sweeps of these kinds. The sweeps find the committed work even if
   * this process is killed. If the business can't be marked as due, the transaction does not start, and this method
   * throws the error that prevented the mark. If `work` ends more than a minute after the call, the transaction is
   * rolled back, and this method throws UNAVAILABLE.
   */
  promising<T>(kinds: readonly DueKind[], work: (trx: PromisingTransaction) => Promise<T>): Promise<T>;
}

/**
 * A business stays marked as due for at least this many milliseconds after a sweep first saw the mark. By then, the
 * transaction for which the mark was made has ended, because it is rolled back after half this time at the latest.
 */
export const markHeldMs = 120_000;
const transactionMsMax = 60_000;

const urgent = new WeakSet<PromisingTransaction>();

/** Causes a flush of the outbox right after the commit of this transaction. After a rollback there is no flush. */
export const flushAfterCommit = (trx: PromisingTransaction): void => void urgent.add(trx);

/**
 * `flush` is called after the commit of a transaction that was passed to `flushAfterCommit`. `flush` must not throw.
 */
export function promisingDatabase(
  database: Database<BusinessTables>,
  businessId: string,
  due: Pick<DueWork, "mark">,
  flush: (businessId: string) => void = () => undefined,
): BusinessDatabase {
  return {
    ...database,
    async promising(kinds, work) {
      const startedAtMs = performance.now();
      await due.mark(businessId, kinds);
      let isUrgent = false;
      const result = await database.transaction(async (trx) => {
        const done = await work(trx as PromisingTransaction);
        if (performance.now() - startedAtMs > transactionMsMax) throw tookTooLong();
        isUrgent = urgent.has(trx as PromisingTransaction);
        return done;
      });
      if (isUrgent) flush(businessId);
      return result;
    },
  };
}

const tookTooLong = () =>
  new AppError("UNAVAILABLE", "The database took too long, so nothing was changed.", {
    hint: "Try again in a moment.",
    retryAfterSeconds: 5,
  });
