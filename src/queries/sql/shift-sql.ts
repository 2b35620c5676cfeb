// Compiles an update whose new values depend on the rows themselves, such as a position that grows by one. SQLite and
// Postgres check a unique key after each changed row. If the row at position 1 moves to 2, it collides with the row
// that is still at position 2. So the update can run in two rounds: the first gives the rows temporary values, and the
// second sets the new values.
import { sql } from "kysely";
import { type Assignment, columnType, type TypeOfValue, type UpdatePlan, type ValueType } from "../plan.ts";
import { mentions, readsTable } from "../plan-parts.ts";
import type { Sql } from "./dialect.ts";
import { allSql, type Compiling, conditionSql, ownedSql } from "./expression-sql.ts";
import type { Slot } from "./slot.ts";
import { inUse, referenceSql, returningSql, storedSql } from "./write-sql.ts";

/** A column whose new value depends on its row. */
export interface ShiftedColumn extends TypeOfValue {
  readonly column: string;
  /**
   * The temporary value between the rounds: null ("null"), a value beyond all other values of the column ("beyond"), or
   * the old value ("stays").
   */
  readonly aside: "null" | "beyond" | "stays";
}

export interface ShiftSql {
  /**
   * Whether the update always runs in two rounds. This is needed if a value depends on other rows of
   * the table, because in one round SQLite would read some of these rows after they were changed. If
   * false, the update runs in two rounds only after one round has failed with a conflict.
   */
  readonly always: boolean;
  readonly columns: readonly ShiftedColumn[];
  /** Selects the id of each affected row, and the new values of this row as "0", "1"… */
  readonly find: Sql;
  /**
   * Selects the least and the greatest value of each column whose temporary value is "beyond", as "least0", "most0"…
   */
  readonly bounds: Sql | undefined;
  /** Gives the rows their temporary values, which are in the list `shiftedRows` as "~0", "~1"… */
  readonly putAside: Sql | undefined;
  /** Sets the new values of `columns`, and the values of the other columns that the update changes. */
  readonly settle: Sql;
}

/** The name under which the list of rows is bound. No parameter can have this name. */
export const shiftedRows = "~shifted";

/**
 * Returns undefined if an ordinary update statement is enough. It is enough if two conditions are met:
 * - No new value depends on other rows of the table.
 * - For each column whose new value depends on its own row, `aside` is "stays".
 */
export function shiftSql(plan: UpdatePlan, compiling: Compiling): ShiftSql | undefined {
  const written = inUse(plan.assignments, compiling);
  const shifted = written.filter((one) => followsFromRow(one));
  const columns = shifted.map((one): ShiftedColumn => ({
    column: one.column,
    ...columnType(one.declared),
    aside: asideOf(one),
  }));
  const always = shifted.some(({ value }) => readsTable(value, plan.table.table));
  if (!always && columns.every(({ aside }) => aside === "stays")) return undefined;
  const { dialect } = compiling;
  const { table } = plan.table;
  const id = sql.ref(`${table}.id`);
  const values = shifted.map((one, at) => sql`${storedSql(one, compiling)} as ${sql.id(String(at))}`);
  const where = allSql([
    ownedSql(plan.table, compiling),
    plan.where === undefined ? undefined : conditionSql(plan.where, compiling),
    ...plan.checks.map((check) => referenceSql(check, compiling)),
  ]);
  const rows = dialect.itemTable(sql.val({ slot: "items", name: shiftedRows, ids: 0 } satisfies Slot));
  const fromRows = sql`
from ${rows}
where ${id} = ${dialect.itemField("id", { type: "id" })}`;
  const set = (parts: readonly Sql[]) => sql`update ${sql.table(table)} set ${sql.join(parts)}${fromRows}`;
  const between = columns.flatMap(({ column, type, scale, aside }, at) =>
    aside === "stays" ? [] : [sql`${sql.id(column)} = ${dialect.itemField(`~${at}`, { type, scale })}`],
  );
  const fixed = written.filter((one) => !followsFromRow(one));
  const bounds = columns.flatMap(({ column, aside }, at) =>
    aside === "beyond"
      ? [
          sql`min(${sql.id(column)}) as ${sql.id(`least${at}`)}, max(${sql.id(column)}) as ${sql.id(`most${at}`)}`,
        ]
      : [],
  );
  return {
    columns,
    always,
    find: sql`select ${id} as "id", ${sql.join(values)} from ${sql.table(table)}
where ${where ?? sql`true`} order by ${id}${dialect.locked}`,
    bounds: bounds.length === 0 ? undefined : sql`select ${sql.join(bounds)} from ${sql.table(table)}`,
    putAside: between.length === 0 ? undefined : set(between),
    settle: sql`${set([
      ...columns.map(
        ({ column, type, scale }, at) =>
          sql`${sql.id(column)} = ${dialect.itemField(String(at), { type, scale })}`,
      ),
      ...fixed.map((one) => sql`${sql.id(one.column)} = ${storedSql(one, compiling)}`),
    ])}${returningSql(plan.columns, compiling)}`,
  };
}

const followsFromRow = ({ value }: Assignment): boolean => mentions(value, ({ kind }) => kind === "column");

const beyond: ReadonlySet<ValueType> = new Set(["integer", "bigint", "decimal", "date", "timestamp", "text"]);

/**
 * Returns the temporary value of a column:
 * - The id keeps its value ("stays"), because the second round finds a row by its id.
 * - A column that can be null gets null.
 * - A reference that can't be null keeps its value, because it must always point to an existing row.
 * - Any other column gets a value "beyond" all others if its type has such values, and otherwise keeps its value.
 */
function asideOf({ column, declared }: Assignment): ShiftedColumn["aside"] {
  if (column === "id") return "stays";
  if (declared.nullable) return "null";
  return declared.references === undefined && beyond.has(declared.type) ? "beyond" : "stays";
}
