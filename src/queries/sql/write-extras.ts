// Compiles the additional statements that a write can need. There are two kinds:
// - Statements that find the item of an insert that caused an error.
// - The statements of an update in two rounds (shift-sql.ts). In a unique column, the new value of one row can be the
//   old value of another row, for example if all positions of a list increase by 1. So the first round sets temporary
//   values, and the second round sets the new values.
import type { StatementPlan } from "../plan.ts";
import type { Sql } from "./dialect.ts";
import type { Compiling } from "./expression-sql.ts";
import { repeatedItemSql, takenItemSql, unownedItemSql } from "./insert-checks-sql.ts";
import { type ShiftedColumn, shiftSql } from "./shift-sql.ts";
import type { Slot } from "./slot.ts";

export interface SqlText {
  readonly sql: string;
  readonly slots: readonly Slot[];
}

/** `ShiftSql` with compiled statements. The comments of `ShiftSql` describe the fields. */
export interface Shift {
  readonly columns: readonly ShiftedColumn[];
  readonly always: boolean;
  readonly find: SqlText;
  readonly bounds: SqlText | undefined;
  readonly putAside: SqlText | undefined;
  readonly settle: SqlText;
}

export interface WriteExtras {
  /**
   * Only for an insert: selects the index of the first item that refers to a missing row or to a row of another owner.
   */
  readonly unownedItem: SqlText | undefined;
  /** Only for an upsert of a list: selects the index of the first item with the same key as an earlier item. */
  readonly repeatedItem: SqlText | undefined;
  /**
   * Only for an insert of a list: selects the index of the first item whose values in these columns are already used by
   * a stored row or by an earlier item.
   */
  takenItem(columns: readonly string[]): SqlText | undefined;
  /** The statements of an update in two rounds. Undefined if the update needs only one round. */
  readonly shift: Shift | undefined;
}

export function writeExtrasOf(statement: StatementPlan, compiling: Compiling): WriteExtras {
  const text = (sql: Sql | undefined): SqlText | undefined =>
    sql === undefined ? undefined : compiled(sql, compiling);
  const insert = statement.kind === "insert" ? statement : undefined;
  return {
    unownedItem: text(insert && unownedItemSql(insert, compiling)),
    repeatedItem: text(insert && repeatedItemSql(insert, compiling)),
    takenItem: (columns) => text(insert && takenItemSql(insert, columns, compiling)),
    shift: statement.kind === "update" ? compiledShift(shiftSql(statement, compiling), compiling) : undefined,
  };
}

export function compiled(sql: Sql, { dialect, tag }: Compiling): SqlText {
  const { sql: text, parameters } = sql.compile(dialect.kysely);
  return { sql: tag === "" ? text : `${text} /* ${tag} */`, slots: parameters as readonly Slot[] };
}

function compiledShift(shift: ReturnType<typeof shiftSql>, compiling: Compiling): Shift | undefined {
  return (
    shift && {
      columns: shift.columns,
      always: shift.always,
      find: compiled(shift.find, compiling),
      bounds: shift.bounds && compiled(shift.bounds, compiling),
      putAside: shift.putAside && compiled(shift.putAside, compiling),
      settle: compiled(shift.settle, compiling),
    }
  );
}

/**
 * Returns the additional statements with their titles, except `takenItem`, whose columns are known
 * only after an error. The golden files contain these statements below the main statement of the
 * write. When the specs are checked, the database runs EXPLAIN for each of these statements.
 */
export const extraTextsOf = ({ unownedItem, repeatedItem, shift }: WriteExtras) =>
  [
    { title: "items that refer to a row of another owner", text: unownedItem },
    { title: "items with the same key", text: repeatedItem },
    { title: "on conflict, the rows to shift", text: shift?.find },
    { title: "on conflict, the least and the greatest stored values", text: shift?.bounds },
    { title: "on conflict, move the rows aside", text: shift?.putAside },
    { title: "on conflict, move the rows to their new places", text: shift?.settle },
  ].flatMap(({ title, text }) => (text === undefined ? [] : [{ title, ...text }]));
