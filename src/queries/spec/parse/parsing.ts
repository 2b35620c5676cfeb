// Defines `Reading`, which all parsers of parts of a spec share: the schema, the parameters, and functions that parse
// an expression, a condition or a nested select. Also defines `Visible`: the names that can be used at one position of
// a spec.
import type { ColumnDeclaration, TableDeclaration } from "../../../businesses/tables/table-declaration.ts";
import type { FaultList } from "../faults.ts";
import { suggestionFor } from "../faults.ts";
import type { Parameter } from "../parameter.ts";
import {
  type Assignment,
  columnType,
  type Condition,
  type Expression,
  type OutputColumn,
  type SelectPlan,
  type TableReference,
  type ValueType,
} from "../../plan.ts";

export type Schema = Readonly<Record<string, TableDeclaration>>;
export type Scope = "user" | "business";

/** The names that can be used at one position of a spec. */
export interface Visible {
  /** First the tables of the current statement, then those of the surrounding statements from the inside out. */
  readonly levels: readonly (readonly VisibleTable[])[];
  /** The optional parameters that are sure to have a value here, because a surrounding `ifGiven` names them. */
  readonly given: ReadonlySet<string>;
  /** Whether aggregate functions are allowed. */
  readonly aggregates: boolean;
  /** Whether window functions are allowed. */
  readonly windows: boolean;
  /**
   * The expressions in "groupBy" of the current select. If there are none, window functions work on
   * single rows, not on groups.
   */
  readonly groups: readonly Expression[];
  /**
   * The result columns of the current select, as the spec writes them. An expression can name columns of tables, but no
   * result columns. `findColumn` uses `outputs` to explain the fault if an expression names a result column. If the
   * statement has only one table, a name can belong both to a column of this table and to a result column. Such a name
   * means the column of the table.
   */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The list parameter whose items are inserted; undefined if there is none. */
  readonly each: string | undefined;
  /** In an update on conflict: the values that would have been inserted. */
  readonly inserted: readonly Assignment[] | undefined;
  /** The number of surrounding nested selects. */
  readonly depth: number;
}

export interface VisibleTable {
  readonly reference: TableReference;
  /** Whether the table is on the right of a left join, so that its columns can be null. */
  readonly nullable: boolean;
}

interface StepResult {
  /** The columns of the step's result; undefined if the step has faults. */
  readonly columns: readonly OutputColumn[] | undefined;
}

export interface Reading {
  readonly faults: FaultList;
  readonly schema: Schema;
  readonly scope: Scope;
  readonly maxRows: number;
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** The steps that were already parsed, by name. */
  readonly steps: Map<string, StepResult>;
  readonly usedParameters: Set<string>;
  readonly usedTables: Set<string>;
  expression(at: string, raw: unknown, visible: Visible, expected?: ValueType): Expression | undefined;
  condition(at: string, raw: unknown, visible: Visible): Condition | undefined;
  nestedSelect(
    at: string,
    raw: unknown,
    around: Visible,
    as: "row" | "rows" | undefined,
  ): SelectPlan | undefined;
}

export const nothingVisible: Visible = {
  levels: [],
  given: new Set(),
  aggregates: false,
  windows: false,
  groups: [],
  outputs: {},
  each: undefined,
  inserted: undefined,
  depth: 0,
};

/**
 * Finds a table of a business by its name, and adds it to `usedTables`. With the scope "user", the
 * result names the column that contains the owner of a row, because a user reads and writes only
 * their own rows. Internal tables are not found. If the table is not found or `alias` is invalid,
 * adds a fault and returns undefined.
 */
export function findTable(
  { faults, schema, scope, usedTables }: Reading,
  at: string,
  table: string,
  alias: string,
): TableReference | undefined {
  const declaration = Object.hasOwn(schema, table) ? schema[table] : undefined;
  if (declaration === undefined || declaration.access === "internal") {
    const known = Object.keys(schema).filter((name) => schema[name]?.access !== "internal");
    return faults.add(at, `There is no table "${table}".`, suggestionFor(table, known));
  }
  if (!/^[A-Za-z][A-Za-z0-9]{0,30}$/.test(alias)) {
    return faults.add(
      at,
      `"${alias}" is not a valid name for a table.`,
      "Use at most 31 letters and digits, and begin with a letter.",
    );
  }
  usedTables.add(table);
  return { table, alias, owner: scope === "user" ? declaration.access.owner : undefined };
}

export const ownerOf = (schema: Schema, table: string): string | undefined => {
  const access = schema[table]?.access;
  return access === undefined || access === "internal" ? undefined : access.owner;
};

export const columnOf = (schema: Schema, table: string, column: string): ColumnDeclaration | undefined => {
  const columns = schema[table]?.columns ?? {};
  return Object.hasOwn(columns, column) ? columns[column] : undefined;
};

/**
 * Finds the column that a spec writes as "t.title", where t is the alias of a table of the current or
 * a surrounding statement. If the current statement has only one table, "title" is enough. If the
 * column is not found, adds a fault and returns undefined.
 */
export function findColumn(
  reading: Reading,
  at: string,
  path: string,
  visible: Visible,
): Expression | undefined {
  const { faults, schema } = reading;
  const [first = "", second, ...rest] = path.split(".");
  if (rest.length > 0) return faults.add(at, `"${path}" is not a column.`, "Write table.column.");
  const inner = visible.levels[0] ?? [];
  const only = inner.length === 1 ? inner[0]!.reference.table : "";
  if (Object.hasOwn(visible.outputs, path) && columnOf(schema, only, path) === undefined) {
    return faults.add(
      at,
      `"${path}" is the name of a result column, and names of result columns can't be used here.`,
      `Write its expression instead: ${JSON.stringify(visible.outputs[path])}.`,
    );
  }
  if (second === undefined && inner.length !== 1) {
    return faults.add(
      at,
      `"${path}" does not name its table.`,
      `Write ${inner.map(({ reference }) => `${reference.alias}.${path}`).join(" or ")}.`,
    );
  }
  const alias = second === undefined ? inner[0]!.reference.alias : first;
  const column = second ?? first;
  const tables = visible.levels.flat();
  const table = tables.find(({ reference }) => reference.alias === alias);
  if (table === undefined) {
    return faults.add(
      at,
      `No table "${alias}" is visible here.`,
      suggestionFor(
        alias,
        tables.map(({ reference }) => reference.alias),
      ),
    );
  }
  const declaration = columnOf(schema, table.reference.table, column);
  if (declaration === undefined) {
    const known = Object.keys(schema[table.reference.table]?.columns ?? {});
    return faults.add(
      at,
      `The table ${table.reference.table} has no column "${column}".`,
      suggestionFor(column, known),
    );
  }
  const nullable = declaration.nullable === true || table.nullable;
  return { kind: "column", alias, column, ...columnType(declaration), nullable };
}

const families: Readonly<Partial<Record<ValueType, string>>> = {
  id: "text",
  text: "text",
  integer: "number",
  bigint: "number",
  decimal: "number",
  float: "number",
};

/**
 * Whether the two types are the same or of one family, such as two types of numbers. Only then can values of the two
 * types be compared, and values of one type be stored in a column of the other type.
 */
export const fits = (one: ValueType, other: ValueType): boolean =>
  one === other || (families[one] !== undefined && families[one] === families[other]);
