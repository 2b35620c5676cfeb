// Moves the control database to another engine. After the move, processes that still use the former database can read
// it, but their writes are refused.
import { AppError } from "../../errors.ts";
import type { CopyTable, TableCopy } from "../../ports/database/table-copy.ts";
import { catchUp, catchUpAlmost, compareCounts } from "../business/copy/catch-up.ts";
import { copyTable } from "../business/copy/copy-table.ts";
import { matchTables } from "../business/copy/match-tables.ts";

export interface MoveControlDeps {
  readonly from: TableCopy;
  /** The new database. It must have the same migrations as the former database. The move replaces all of its rows. */
  readonly to: TableCopy;
  /** Is called after each table was copied, with the number of copied rows. */
  readonly onTable: (table: string, rows: number) => void;
}

export interface MoveControlReport {
  readonly tables: number;
  readonly rows: number;
}

/** While the last changes are copied, writes are paused. The pause lasts at most this many milliseconds. */
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
 * Copies every table, and compares the copy with the original by the number and the hash of the rows. After success,
 * the former database refuses all writes. After a failure, the former database accepts writes, and the call can be
 * repeated. If the process is killed before the move succeeds, the former database accepts writes at the latest after
 * `pauseMs`, because the pause ends by itself.
 * Throws CONFLICT if the tables can't be moved, if a copy differs, or if copying the last changes takes too long.
 * Throws UNAVAILABLE if writes that were already running don't end.
 */
export async function moveControl(deps: MoveControlDeps): Promise<MoveControlReport> {
  const { from, to, onTable } = deps;
  // An earlier move in the opposite direction may have closed the database `to` for writes.
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

/** Sorts the table `settings` last. So an interrupted copy can be recognized: its table `settings` is empty. */
const settingsLast = (tables: readonly CopyTable[]): readonly CopyTable[] => [
  ...tables.filter(({ name }) => name !== "settings"),
  ...tables.filter(({ name }) => name === "settings"),
];

const tookTooLong = (): AppError =>
  new AppError("CONFLICT", "The last changes could not be copied in time.", {
    hint: "The former control database is still in use. Run the command again when fewer changes are being made.",
  });
