// Finds the row that Postgres refused during a COPY, so that the error can contain the key of the row.
import type { AppError } from "../../../../errors.ts";
import { fieldsOf } from "../../copy-line.ts";
import { type CopyTable, type Lines, unusableRow } from "../../table-copy.ts";

interface Recent {
  readonly batches: AsyncIterable<Lines>;
  /** Returns the line with this number, counted from 1, or undefined if the line is no longer in memory. */
  line(number: number): string | undefined;
}

/**
 * The number of recent batches to remember. The last batch is not enough, because the server reports an error a few
 * batches after it received the row.
 */
const batchesMax = 64;

export function rememberRecent(batches: AsyncIterable<Lines>): Recent {
  const recent: { readonly first: number; readonly lines: Lines }[] = [];
  let next = 1;
  async function* remembered(): AsyncGenerator<Lines> {
    for await (const lines of batches) {
      recent.push({ first: next, lines });
      if (recent.length > batchesMax) recent.shift();
      next += lines.length;
      yield lines;
    }
  }
  return {
    batches: remembered(),
    line(number) {
      const batch = recent.find(({ first, lines }) => number >= first && number < first + lines.length);
      return batch?.lines[number - batch.first];
    },
  };
}

/**
 * Returns an error that names the table, the key of the row and the column. If the row is no longer in memory, the key
 * is "unknown". If Postgres doesn't name the column, the error names the columns of the key. Returns undefined if `err`
 * is not about the data of a row.
 */
export function refusedRowOf(
  table: CopyTable,
  err: unknown,
  line: (number: number) => string | undefined,
): AppError | undefined {
  const { where = "", code = "", message } = err as { where?: string; code?: string; message: string };
  const [, number, column] = /COPY .*, line (\d+)(?:, column ([^:]+))?/.exec(where) ?? [];
  if (number === undefined || !/^2[23]/.test(code)) return undefined;
  const fields = fieldsOf(line(Number(number)) ?? "");
  const row = table.key
    .map((name) => `${name} = ${fields[table.columns.findIndex((one) => one.name === name)] ?? "unknown"}`)
    .join(", ");
  return unusableRow({
    table: table.name,
    row,
    column: column ?? table.key.join(", "),
    why: `is refused by Postgres (${message})`,
  });
}
