// Reads the rows of a Postgres table with COPY. Each row is a line in COPY's text format.
import type postgres from "postgres";
import { quoted } from "../../../drivers/postgres-rights.ts";
import { decimalField, nullField, realField } from "../../copy-line.ts";
import type { CopyTable, Lines } from "../../table-copy.ts";
import { copyOut, visitCopied } from "./stream.ts";

export const columnList = (names: readonly string[]): string => names.map(quoted).join(", ");

/** `select` must return the columns of the table, in the order of `table.columns`. */
export async function* linesOut(sql: postgres.Sql, table: CopyTable, select: string): AsyncGenerator<Lines> {
  const unified = unify(table);
  for await (const lines of copyOut(sql, `copy (${select}) to stdout`))
    yield unified === undefined ? lines : lines.map(unified);
}

/** Returns all lines of `linesOut` in one list. */
export async function outOf(sql: postgres.Sql, table: CopyTable, select: string): Promise<Lines> {
  const all: string[] = [];
  for await (const lines of linesOut(sql, table, select)) all.push(...lines);
  return all;
}

/**
 * Calls `visit` for each line. Usually the line is passed as the bytes that the server sent. If the table has numbers
 * that must be converted to the representation that all engines use, the line is passed as a string.
 */
export async function visitOut(
  sql: postgres.Sql,
  table: CopyTable,
  select: string,
  visit: (line: string | Uint8Array) => void,
): Promise<void> {
  const unified = unify(table);
  const statement = `copy (${select}) to stdout`;
  await visitCopied(
    sql,
    statement,
    unified === undefined ? visit : (line) => visit(unified(Buffer.from(line).toString())),
  );
}

/**
 * Returns a function that converts the numbers in a line to the representation that all engines use. Returns undefined
 * if no column of the table needs a conversion.
 */
function unify({ columns }: CopyTable): ((line: string) => string) | undefined {
  const changed = columns.flatMap(({ kind }, at) =>
    kind === "real" || kind === "decimal" ? [{ kind, at }] : [],
  );
  if (changed.length === 0) return undefined;
  return (line) => {
    const fields = line.split("\t");
    for (const { kind, at } of changed) {
      const field = fields[at]!;
      if (field !== nullField) fields[at] = kind === "real" ? realField(Number(field)) : decimalField(field);
    }
    return fields.join("\t");
  };
}
