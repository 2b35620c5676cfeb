// Encodes rows as the JSON of the result.
import { counted } from "../../../counted.ts";
import { AppError } from "../../../errors.ts";
import { parseStoredJson } from "../../../exact-json.ts";
import type { SqlRow } from "../../../ports/database/database.ts";
import { decimalText, wholeOf } from "../../../ports/database/decimals.ts";
import { type CursorContext, writeCursor } from "../pages/cursor.ts";
import type { Returns, TypeOfValue } from "../../plan.ts";
import type { PagePart } from "../../sql/select-sql.ts";
import type { Conversion, Statement } from "../../sql/statement.ts";

export interface Page {
  readonly part: PagePart;
  readonly limit: number;
  readonly cursor: CursorContext;
  /** The number of rows on all pages. Undefined if the spec does not ask for this number. */
  readonly total?: number;
}

/**
 * Returns the result as JSON. Changes `rows` in place, because nothing else uses them. If the spec defines no order,
 * the rows are sorted by their JSON, so that the result is the same on every engine. Throws RESULT_TOO_LARGE if a
 * nested list has more than `statement.maxRows` elements. The number of `rows` itself is not checked here: this is done
 * by the caller.
 */
export function encodeAnswer(
  rows: SqlRow[],
  statement: Statement,
  returns: Returns,
  page: Page | undefined,
): string {
  if (returns === "page" && page !== undefined) return encodePage(rows, statement, page);
  for (const conversion of statement.conversions) convert(rows, conversion, statement.maxRows);
  if (statement.unordered && rows.length > 1) return `{"items":[${rows.map(asJson).sort().join(",")}]}`;
  if (returns === "many") return JSON.stringify({ items: rows });
  const [row] = rows;
  return JSON.stringify({ item: row ?? null });
}

const asJson = (row: SqlRow): string => JSON.stringify(row);

function encodePage(rows: SqlRow[], statement: Statement, { part, limit, cursor, total }: Page): string {
  const more = rows.length > limit;
  if (more) rows.length = limit;
  if (part === "before") rows.reverse();
  const at = (row: SqlRow | undefined) =>
    row === undefined
      ? null
      : writeCursor(
          cursor,
          statement.cursorColumns.map((name, index) => {
            const type = statement.cursorTypes[index]!;
            return { value: cursorValueOf(row[name], type), isId: type.type === "id" };
          }),
        );
  const next = part === "before" || more ? at(rows.at(-1)) : null;
  const previous = part === "after" || (part === "before" && more) ? at(rows[0]) : null;
  for (const name of statement.hiddenColumns) for (const row of rows) row[name] = undefined;
  for (const conversion of statement.conversions) convert(rows, conversion, statement.maxRows);
  return JSON.stringify({ items: rows, next, previous, total });
}

/** Returns the value in the form that a cursor contains. This form is the same on every engine. */
export function cursorValueOf(value: unknown, { type, scale = 0 }: TypeOfValue): unknown {
  if (type === "decimal") return decimalText(wholeOf(value), scale);
  return value instanceof Uint8Array ? base64Of(value) : value;
}

const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

function convert(rows: SqlRow[], { name, type, scale = 0, inside }: Conversion, maxRows: number): void {
  for (const row of rows) {
    const value = row[name];
    if (value === null) continue;
    if (type === "boolean") row[name] = value === 1;
    else if (type === "decimal") row[name] = decimalText(value as number | string, scale);
    else if (type === "bytes") row[name] = base64Of(value as Uint8Array);
    else if (type === "json") row[name] = parseStoredJson(value as string);
    else row[name] = childrenOf(JSON.parse(value as string), inside, maxRows);
  }
}

/**
 * Converts the values in nested children in place. The engine returned the children as JSON, and `children` is the
 * parsed value. In it, a value of the column type json is still a string, which is parsed here.
 */
function childrenOf(children: unknown, inside: readonly Conversion[], maxRows: number): unknown {
  if (Array.isArray(children)) refuseLongLists(children, maxRows);
  if (inside.length === 0) return children;
  for (const child of (Array.isArray(children) ? children : [children]) as SqlRow[]) {
    for (const { name, type, inside: deeper } of inside) {
      const value = child[name];
      if (value === null) continue;
      child[name] = type === "json" ? parseStoredJson(value as string) : childrenOf(value, deeper, maxRows);
    }
  }
  return children;
}

/**
 * Throws RESULT_TOO_LARGE if a list of nested children is longer than the limit. The SQL reads one
 * row more than the limit, so that a longer list is detected.
 */
function refuseLongLists(value: readonly unknown[], maxRows: number): void {
  if (value.length > maxRows) throw tooManyRows(maxRows);
}

export const tooManyRows = (maxRows: number): AppError =>
  new AppError("RESULT_TOO_LARGE", `The result has more than ${counted(maxRows, "row")}.`, {
    hint: "Use a narrower filter or a smaller page.",
  });

/** Throws RESULT_TOO_LARGE if `body` has more than `maxBytes` bytes in UTF-8. */
export function checkSize(body: string, maxBytes: number): void {
  // A UTF-16 code unit has at most 3 bytes in UTF-8, so the bytes of a short body need not be
  // counted.
  if (body.length <= maxBytes && (body.length * 3 <= maxBytes || Buffer.byteLength(body) <= maxBytes)) return;
  throw new AppError("RESULT_TOO_LARGE", `The answer is larger than ${maxBytes} bytes.`, {
    hint: "Use a narrower filter or a smaller page.",
  });
}
