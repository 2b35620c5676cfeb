// Brings the new database of a business up to date during a move: applies the writes that the old database has logged,
// and compares the changed rows of both databases.
import type { CopyTable, TableChanges } from "../../../ports/database/table-copy.ts";
import { type CopyEnds, differs } from "./copy-table.ts";
import { createRowHash } from "../../../bun/row-hash.ts";

/**
 * Applies all entries of the log to the new database, and removes these entries from the log. Returns the number of
 * entries. If a changed row differs in the two databases afterwards, throws CONFLICT and leaves the entries in the log.
 */
export async function catchUp(ends: CopyEnds, tables: readonly CopyTable[]): Promise<number> {
  const { from, to } = ends;
  const logged = await from.log.read(tables);
  if (logged.entries === 0) return 0;
  await to.writer.apply(logged.changes);
  for (const changes of logged.changes) await compareChanged(ends, changes);
  await from.log.trim(logged);
  return logged.entries;
}

async function compareChanged({ to }: CopyEnds, { table, keys, rows }: TableChanges): Promise<void> {
  const [wanted, stored] = [createRowHash(), createRowHash()];
  wanted.add(rows);
  stored.add(await to.reader.rowsAt(table, keys));
  const [one, other] = [wanted.fingerprint(), stored.fingerprint()];
  if (one.rows !== other.rows || one.hash !== other.hash) throw differs(table, one, other);
}

const entriesLeftMax = 100;
const roundsMax = 20;

/**
 * Calls `catchUp` again and again while the business still writes, so that little is left for the last call, during
 * which writes are paused. Ends when a call has applied fewer than `entriesLeftMax` entries, or after `roundsMax`
 * calls. Afterwards the log can contain new entries.
 */
export async function catchUpAlmost(ends: CopyEnds, tables: readonly CopyTable[]): Promise<void> {
  for (let round = 0; round < roundsMax; round += 1)
    if ((await catchUp(ends, tables)) < entriesLeftMax) return;
}

/** Throws CONFLICT if a table has different numbers of rows in the two databases. Writes must be paused. */
export async function compareCounts({ from, to }: CopyEnds, tables: readonly CopyTable[]): Promise<void> {
  const countAll = async (reader: CopyEnds["from"]["reader"]): Promise<readonly number[]> => {
    const counts: number[] = [];
    for (const table of tables) counts.push(await reader.count(table));
    return counts;
  };
  const [wanted, stored] = await Promise.all([countAll(from.reader), countAll(to.reader)]);
  for (const [at, table] of tables.entries())
    if (wanted[at] !== stored[at])
      throw differs(table, { rows: wanted[at]!, hash: "" }, { rows: stored[at]!, hash: "" });
}
