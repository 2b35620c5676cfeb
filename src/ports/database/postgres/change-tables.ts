// Runs a transaction that changes tables, on Postgres and on Neon.
import { CompiledQuery, type Kysely } from "kysely";
import type { TableChange } from "../database.ts";
import { planOf } from "./plan.ts";

/**
 * While a statement waits for the lock of a table, all later statements on this table wait, too. So a statement waits
 * only for this short time, and then fails.
 */
const lockTimeout = "set local lock_timeout = '5s'";

export const changePostgresTables = <Tables, T>(
  kysely: Kysely<Tables>,
  work: (change: TableChange<Tables>) => Promise<T>,
): Promise<T> =>
  kysely.transaction().execute(async (trx) => {
    const run = (sql: string, values: readonly unknown[] = []) =>
      trx.executeQuery<Record<string, unknown>>(CompiledQuery.raw(sql, [...values]));
    await run(lockTimeout);
    return work({
      trx,
      async explain(sql, values) {
        // The rollback to the savepoint resets `enable_seqscan`. If Postgres has refused the statement, the rollback
        // also allows the transaction to continue.
        await run("savepoint plan");
        try {
          await run("set local enable_seqscan = off");
          const { rows } = await run(`explain (format json) ${sql}`, values);
          return planOf(String(rows[0]?.["QUERY PLAN"]));
        } finally {
          await run("rollback to savepoint plan");
        }
      },
    });
  });
