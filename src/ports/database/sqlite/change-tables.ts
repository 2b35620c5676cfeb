// Changes tables in one transaction, in a separate writer process. To change the columns of a table, SQLite copies the
// table. The copy of a large table takes long and can't be interrupted. In the process that serves requests, the
// copy would block all requests.
import { CompiledQuery, type Transaction } from "kysely";
import { AppError } from "../../../errors.ts";
import type { TableChange } from "../database.ts";
import { transactionApart } from "./apart.ts";
import { planOfSteps } from "./plan.ts";
import { beginChange } from "./writer.ts";

type Work<Tables, T> = (change: TableChange<Tables>) => Promise<T>;

export const changeTablesApart = <Tables, T>(file: string, work: Work<Tables, T>): Promise<T> =>
  transactionApart<Tables, T>({ file, begin: beginChange }, (trx) => changeTablesIn(trx, work));

/**
 * Calls `work`, and then checks all foreign keys of the database, because `trx` does not enforce
 * foreign keys. If any row refers to a row that does not exist, throws CONFLICT. The caller must
 * then roll `trx` back.
 */
export async function changeTablesIn<Tables, T>(trx: Transaction<Tables>, work: Work<Tables, T>): Promise<T> {
  const result = await work({
    trx,
    async explain(sql) {
      const { rows } = await trx.executeQuery<{ detail: string }>(
        CompiledQuery.raw(`explain query plan ${sql}`),
      );
      return planOfSteps(rows.map(({ detail }) => detail));
    },
  });
  const { rows } = await trx.executeQuery<{ table: string; parent: string }>(
    CompiledQuery.raw("select * from pragma_foreign_key_check limit 1"),
  );
  const [broken] = rows;
  if (broken === undefined) return result;
  throw new AppError(
    "CONFLICT",
    `A row of "${broken.table}" refers to a row of "${broken.parent}" that doesn't exist.`,
    {
      hint: "Delete the row, or create the row that it refers to.",
    },
  );
}
