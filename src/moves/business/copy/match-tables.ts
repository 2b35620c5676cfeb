// Finds out which tables move, in which order and with which types, and refuses databases that don't match each other.
import { AppError, type Fault } from "../../../errors.ts";
import type { CopyColumn, CopyTable, TableCopy } from "../../../ports/database/table-copy.ts";

/** A database, or an archive of a database. */
type Described = Pick<TableCopy, "engine"> & { readonly reader: Pick<TableCopy["reader"], "describe"> };

/**
 * Returns the tables of the source, in an order in which they can be filled: referenced tables come first. (If the
 * references form a cycle, this is not possible for all tables.) If the source is on Postgres, the columns have the
 * types of the source. Otherwise they have the types of the target. Tables that only the target has are ignored.
 *
 * Throws CONFLICT with a fault for each difference between the migrations, the tables, the columns or the primary keys,
 * and for each table of the source without a primary key. A missing primary key in the target is no fault, because an
 * interrupted move can have removed it.
 */
export async function matchTables(from: Described, to: Described): Promise<readonly CopyTable[]> {
  const source = await from.reader.describe();
  const target = await to.reader.describe();
  const faults: Fault[] = [];
  if (source.migrations.join() !== target.migrations.join())
    faults.push({
      at: "migrations",
      message: "The two databases have different migrations.",
      hint: "Start the current version of Rondo once, so that it migrates the business. If a newer version of Rondo is still running, stop it.",
    });
  const strict = from.engine === "postgres" ? source.tables : target.tables;
  const tables = source.tables.map((table) => {
    const there = target.tables.find(({ name }) => name === table.name);
    if (there === undefined)
      faults.push({
        at: table.name,
        message: "The table is missing in the new database.",
        hint: "Create it by a migration in the folder of the business's migrations, so that every new database has it.",
      });
    else faults.push(...columnFaults(table, there));
    if (table.key.length === 0)
      faults.push({
        at: table.name,
        message: "The table has no primary key, so changes to it can't be followed.",
        hint: "Add a primary key by a migration.",
      });
    const types = strict.find(({ name }) => name === table.name) ?? table;
    // The keys of the source are used, because an interrupted move can have removed the keys of the
    // new database.
    return {
      ...types,
      key: table.key,
      refersTo: table.refersTo,
      columns: types.columns.map((column) => typed(column, table)),
    };
  });
  if (faults.length > 0)
    throw new AppError("CONFLICT", "The tables of this business can't be moved as they are.", { faults });
  return inOrder(tables);
}

const typed = (column: CopyColumn, source: CopyTable): CopyColumn => ({
  ...column,
  declared: source.columns.find(({ name }) => name === column.name)?.declared ?? column.declared,
});

function columnFaults(here: CopyTable, there: CopyTable): readonly Fault[] {
  const missing = (one: CopyTable, other: CopyTable, where: string): readonly Fault[] =>
    one.columns
      .filter(({ name }) => !other.columns.some((column) => column.name === name))
      .map(({ name }) => ({
        at: `${here.name}.${name}`,
        message: `The column is missing in the ${where} database.`,
      }));
  const keys =
    there.key.length === 0 || here.key.join() === there.key.join()
      ? []
      : [{ at: here.name, message: "The primary keys differ." }];
  return [...missing(here, there, "new"), ...missing(there, here, "present"), ...keys];
}

/**
 * Sorts the tables, so that referenced tables come first. If all remaining tables refer to other remaining tables (a
 * cycle), the first of them comes next.
 */
function inOrder(tables: readonly CopyTable[]): readonly CopyTable[] {
  const ordered: CopyTable[] = [];
  let rest = [...tables];
  while (rest.length > 0) {
    const waits = ({ name, refersTo }: CopyTable): boolean =>
      refersTo.some((other) => other !== name && rest.some((table) => table.name === other));
    const ready = rest.filter((table) => !waits(table));
    const next = ready.length > 0 ? ready : rest.slice(0, 1);
    ordered.push(...next);
    rest = rest.filter((table) => !next.includes(table));
  }
  return ordered;
}
