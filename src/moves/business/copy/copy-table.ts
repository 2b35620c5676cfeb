// Copies one table from one database to another, and compares the stored rows with the rows that were read.
import { AppError } from "../../../errors.ts";
import type { CopyTable, Lines, TableCopy } from "../../../ports/database/table-copy.ts";
import { createRowHash, type Fingerprint } from "../../../bun/row-hash.ts";

export interface CopyEnds {
  readonly from: TableCopy;
  readonly to: TableCopy;
}

export interface CopyListener {
  /** Called with the number of rows that were read since the last call. */
  readonly onRows?: (rows: number) => void;
  /** Called when all rows are written, before they are compared. */
  readonly onLoaded?: () => void;
}

/**
 * Replaces all rows of the table in `to`. Returns the fingerprint of the rows that were read.
 * If the rows that `to` then stores differ from the rows that were read, this throws CONFLICT, and
 * `to` keeps the stored rows.
 */
export async function copyTable(
  { from, to }: CopyEnds,
  table: CopyTable,
  { onRows, onLoaded }: CopyListener = {},
): Promise<Fingerprint> {
  const hash = createRowHash();
  await to.writer.load(table, hashed(from.reader.rows(table)));
  onLoaded?.();
  const wanted = hash.fingerprint();
  const stored = await fingerprintOf(to, table);
  if (stored.rows !== wanted.rows || stored.hash !== wanted.hash) throw differs(table, wanted, stored);
  return wanted;

  async function* hashed(batches: AsyncIterable<Lines>): AsyncGenerator<Lines> {
    for await (const lines of batches) {
      hash.add(lines);
      yield lines;
      onRows?.(lines.length);
    }
  }
}

/** Reads the whole table and returns its fingerprint. */
export async function fingerprintOf(copy: TableCopy, table: CopyTable): Promise<Fingerprint> {
  const hash = createRowHash();
  await copy.reader.visitRows(table, hash.addRow);
  return hash.fingerprint();
}

export const differs = ({ name }: CopyTable, wanted: Fingerprint, stored: Fingerprint): AppError =>
  new AppError("CONFLICT", `The copy of the table "${name}" differs from the original.`, {
    hint: "The business stays where it is. Check whether a trigger or a column type of the new database changes the values of this table.",
    details: { table: name, wanted, stored },
  });
