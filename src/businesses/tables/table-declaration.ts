// Defines the form in which the tables of a database are declared. A declaration is data, and the
// Kysely types are derived from the declarations.
import type { Generated } from "kysely";

/**
 * The type of a column, the same on every engine. Every engine returns a timestamp as RFC 3339 in
 * UTC with milliseconds, JSON as text, and a bigint as a number. A bigint that is not a safe
 * integer of JavaScript is returned as a string of digits, although its TypeScript type is number.
 * A decimal is exact: Postgres stores a decimal as numeric, and SQLite as a whole number (1.25,
 * with two decimal places, as 125).
 */
export type ColumnType =
  | "id"
  | "text"
  | "integer"
  | "bigint"
  | "decimal"
  | "float"
  | "boolean"
  | "date"
  | "timestamp"
  | "bytes"
  | "json";

export interface ColumnDeclaration {
  readonly type: ColumnType;
  /** The number of decimal places of a decimal, from 0 to 9; 2 when absent. */
  readonly scale?: number;
  readonly nullable?: true;
  /** If a row is inserted without a value for this column, the database fills in a value. */
  readonly hasDefault?: true;
  /**
   * The name of another table. The column contains an `id` of that table. If the rows of that table have owners, a
   * named query with the scope "user" can store only the ids of rows that its caller owns.
   */
  readonly references?: string;
}

export interface TableDeclaration {
  readonly columns: Readonly<Record<string, ColumnDeclaration>>;
  /**
   * The access of named queries to the rows. `owner` is the name of the column that contains the id of the user who
   * owns the row. To each query with the scope "user", Rondo adds the condition that the caller owns the row.
   * "internal": no named query can use the table.
   */
  readonly access: { readonly owner: string } | "internal";
  /**
   * The text columns in which the condition "search" of a named query finds words. There is one index for all these
   * columns together (ports/database/search-index.ts).
   */
  readonly search?: readonly string[];
}

/** A text column with a fixed list of values. The list exists only in the type: at run time, `value` is never set. */
type TextOf<Value extends string> = { readonly type: "text"; readonly value?: Value };

export const id = { type: "id" } as const;
export const text = { type: "text" } as const;
export const integer = { type: "integer" } as const;
export const bigint = { type: "bigint" } as const;
export const timestamp = { type: "timestamp" } as const;
export const json = { type: "json" } as const;
export const idOf = <Table extends string>(references: Table) => ({ type: "id", references }) as const;
export const textOf = <Value extends string>(): TextOf<Value> => ({ type: "text" });
export const nullable = <Column extends ColumnDeclaration>(
  column: Column,
): Column & { readonly nullable: true } => ({
  ...column,
  nullable: true,
});
export const withDefault = <Column extends ColumnDeclaration>(
  column: Column,
): Column & { readonly hasDefault: true } => ({ ...column, hasDefault: true });

type ValueOf<Column> = Column extends { readonly type: "integer" | "bigint" | "float" }
  ? number
  : Column extends { readonly type: "boolean" }
    ? boolean
    : Column extends { readonly value?: infer Value extends string }
      ? Value
      : string;
type Stored<Column> = Column extends { readonly nullable: true } ? ValueOf<Column> | null : ValueOf<Column>;

/** The Kysely types of tables, derived from their declarations. */
export type TablesOf<Schema extends Readonly<Record<string, Pick<TableDeclaration, "columns">>>> = {
  -readonly [Table in keyof Schema]: {
    -readonly [Column in keyof Schema[Table]["columns"]]: Schema[Table]["columns"][Column] extends {
      readonly hasDefault: true;
    }
      ? Generated<Stored<Schema[Table]["columns"][Column]>>
      : Stored<Schema[Table]["columns"][Column]>;
  };
};
