// Creates a business's own tables, without rows, in another database: for a move to another engine,
// a restore or a preview.
import { CompiledQuery } from "kysely";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import type { Database } from "../ports/database/database.ts";
import { ownTablesOf } from "./app-versions.ts";
import { changesSql } from "./changes/changes-sql.ts";
import type { OwnTable } from "./tables/own-table.ts";
import { planChanges } from "./changes/plan-changes.ts";

/**
 * Reads the definitions of the tables in a transaction. If the app is being changed, the transaction waits for the end
 * of that change.
 */
export const readOwnTables = (owner: Database<BusinessTables>): Promise<readonly OwnTable[]> =>
  owner.transaction(async (trx) => {
    if (owner.dialect === "postgres")
      await trx.executeQuery(CompiledQuery.raw('lock table "appVersions" in exclusive mode'));
    return ownTablesOf(trx);
  });

/** Creates the tables. Tables that already exist are left unchanged, so an interrupted call can be repeated. */
export async function createOwnTables(
  owner: Database<BusinessTables>,
  tables: readonly OwnTable[],
): Promise<void> {
  const there = new Set((await owner.kysely.introspection.getTables()).map(({ name }) => name));
  const missing = tables.filter(({ name }) => !there.has(name));
  if (missing.length === 0) return;
  await owner.changeTables(async ({ trx }) => {
    for (const text of changesSql(owner.dialect, planChanges([], missing)))
      await trx.executeQuery(CompiledQuery.raw(text));
  });
}
