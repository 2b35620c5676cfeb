// Moves the control database to another engine. Processes that still use the former one can read it, and their writes are refused.
import { AppError } from "../errors.ts";
import type { CopyTable, TableCopy } from "../ports/database/table-copy.ts";
import { catchUp, catchUpAlmost, compareCounts } from "../promotion/catch-up.ts";
import { copyTable } from "../promotion/copy-table.ts";
import { matchTables } from "../promotion/match-tables.ts";

export interface MoveControlDeps {
  readonly from: TableCopy;
  /** The new database, which has the same migrations. Its rows are replaced. */
  readonly to: TableCopy;
  /** Called after each table. */
  readonly onTable: (table: string, rows: number) => void;
}

export interface MoveControlReport {
  readonly tables: number;
  readonly rows: number;
}

/** Writes are paused for at most this time while the last changes are copied. */
const pauseMs = 10_000;

/** Returns the number of rows of each table, and changes nothing. Throws CONFLICT if the tables can't be moved. */
export async function planControl({
  from,
  to,
}: Omit<MoveControlDeps, "onTable">): Promise<ReadonlyMap<string, number>> {
  const rows = new Map<string, number>();
  for (const table of await matchTables(from, to)) rows.set(table.name, await from.reader.count(table));
  return rows;
}

/**
 * Every table is compared by the number of its rows and by their hash. After success the former database refuses writes for
 * good; after a failure it is used as before. May be killed and run again. Errors: CONFLICT.
 */
export async function moveControl(deps: MoveControlDeps): Promise<MoveControlReport> {
  const { from, to, onTable } = deps;
  // An earlier move may have gone the other way, and left this database closed for writes.
  await to.log.resume();
  await to.log.end();
  const tables = settingsLast(await matchTables(from, to));
  await from.log.resume();
  await from.log.start(tables);
  try {
    await to.writer.prepare();
    let rows = 0;
    for (const table of tables) {
      const copied = await copyTable({ from, to }, table);
      rows += copied.rows;
      onTable(table.name, copied.rows);
      await to.writer.index(table);
    }
    await to.writer.enforce(tables);
    await to.writer.validate();
    await catchUpAlmost({ from, to }, tables);
    await from.log.pause(tables, pauseMs);
    await catchUp({ from, to }, tables);
    await compareCounts({ from, to }, tables);
    if (!(await from.log.seal(tables))) throw tookTooLong();
    await from.log.end();
    return { tables: tables.length, rows };
  } catch (err) {
    await from.log.resume();
    await from.log.end();
    throw err;
  }
}

/** Without its settings, a half copy can't be mistaken for a whole one: nothing starts on it with the same master key. */
const settingsLast = (tables: readonly CopyTable[]): readonly CopyTable[] => [
  ...tables.filter(({ name }) => name !== "settings"),
  ...tables.filter(({ name }) => name === "settings"),
];

const tookTooLong = (): AppError =>
  new AppError("CONFLICT", "The last changes could not be copied in time.", {
    hint: "The former control database is used as before. Run the command again when less is being changed.",
  });
