// Checks whether a business can be moved to another engine, without changing the business. The
// check covers the tables, the column types, the references between rows, and the values.
import type { BusinessEngine } from "../../ports/business-provisioner/business-provisioner.ts";
import { fingerprintOf } from "./copy/copy-table.ts";
import { matchTables } from "./copy/match-tables.ts";
import { type MoveDeps, refuseBroken } from "./move-business.ts";
import { findMovedBusiness } from "./move-record.ts";
import { copyOwnTables } from "./copy/own-tables.ts";
import { openEnds } from "./copy/open-ends.ts";

export interface DryRunTable {
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly from: string; readonly to: string }[];
}

/**
 * Creates an empty database on the new engine, reads its column types, and deletes it at the end, also
 * after an error. If a check fails, throws the same error as the move, for example
 * INVALID_PARAMETER with the table and the row of a value that can't be moved. Doesn't write
 * rows to the new database. Doesn't check whether the business is already on this engine, or whether
 * an earlier move of the business is unfinished.
 */
export async function dryRun(
  deps: MoveDeps,
  { slug, engine }: { readonly slug: string; readonly engine: BusinessEngine },
): Promise<readonly DryRunTable[]> {
  const business = await findMovedBusiness(deps, slug);
  const provisioner = deps.provisionerOf(engine);
  const credentials = await provisioner.provision(business.id);
  try {
    await copyOwnTables(deps.provisionerOf, { from: business.credentials, to: credentials });
    const { from, to } = await openEnds(deps.openCopy, { from: business.credentials, to: credentials });
    try {
      const tables = await matchTables(from, to);
      const target = await to.reader.describe();
      await refuseBroken(from);
      const report: DryRunTable[] = [];
      for (const table of tables) {
        const there = target.tables.find(({ name }) => name === table.name);
        const { rows } = await fingerprintOf(from, table);
        const columns = table.columns.map(({ name, declared }) => ({
          name,
          from: declared,
          to: there?.columns.find((column) => column.name === name)?.declared ?? "",
        }));
        report.push({ table: table.name, rows, columns });
      }
      return report;
    } finally {
      await Promise.all([from.close(), to.close()]);
    }
  } finally {
    await provisioner.drop(credentials);
  }
}
