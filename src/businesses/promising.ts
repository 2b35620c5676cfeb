// A business's database with a second kind of transaction: one that may make work for later, which is marked as due before it.
import type { Transaction } from "kysely";
import { AppError } from "../errors.ts";
import type { Database } from "../ports/database/database.ts";
import type { DueKind } from "./control-schema.ts";
import type { DueWork } from "./due-work.ts";
import type { BusinessTables } from "./schema.ts";

declare const promising: unique symbol;

/** Only in one of these may work be promised: the sweeps know by then that they have to look at the business. */
export type PromisingTransaction = Transaction<BusinessTables> & { readonly [promising]: true };

export interface BusinessDatabase extends Database<BusinessTables> {
  /**
   * A transaction after which those sweeps have work here. Whatever is killed, and when: the sweeps find it.
   * UNAVAILABLE, with nothing changed, where it took longer than marks are held for.
   */
  promising<T>(kinds: readonly DueKind[], work: (trx: PromisingTransaction) => Promise<T>): Promise<T>;
}

/** How long a mark is held at least after a sweep has seen it: twice what a transaction may take. */
export const markHeldMs = 120_000;
const transactionMsMax = 60_000;

export function promisingDatabase(
  database: Database<BusinessTables>,
  businessId: string,
  due: Pick<DueWork, "mark">,
): BusinessDatabase {
  return {
    ...database,
    async promising(kinds, work) {
      const startedAtMs = performance.now();
      await due.mark(businessId, kinds);
      return database.transaction(async (trx) => {
        const result = await work(trx as PromisingTransaction);
        if (performance.now() - startedAtMs > transactionMsMax) throw tookTooLong();
        return result;
      });
    },
  };
}

const tookTooLong = () =>
  new AppError("UNAVAILABLE", "The database took too long, so that nothing was changed.", {
    hint: "Try again in a moment.",
    retryAfterSeconds: 5,
  });
