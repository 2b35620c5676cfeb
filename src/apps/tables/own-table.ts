// Describes one of a business's own tables: its columns (every table has the column `id`), its owner column, its keys
// and its indexes.
import type { Schema } from "../../queries/spec/parse/parsing.ts";
import type { ColumnType } from "../../businesses/tables/table-declaration.ts";

export type DefaultValue = string | number | boolean;

/** What happens to a row when the row to which it refers is deleted. A deletion is never refused. */
type OnDelete = "cascade" | "setNull";

export interface OwnColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** The number of decimals of a decimal column; undefined for other types. */
  readonly scale: number | undefined;
  readonly nullable: boolean;
  /** The value of this column if a row is stored without a value for it. For a JSON column: the JSON as text. */
  readonly default: DefaultValue | undefined;
  readonly references: { readonly table: string; readonly onDelete: OnDelete } | undefined;
  /** The former name of this column; undefined if the column was not renamed. */
  readonly renamedFrom: string | undefined;
}

export interface OwnIndex {
  readonly columns: readonly string[];
  readonly unique: boolean;
}

export interface OwnTable {
  readonly name: string;
  /** The name of the column that contains the id of the user to whom a row belongs. */
  readonly owner: string;
  /**
   * The columns: first `id`, then the columns in the order of the table's JSON file. If the file does not list the
   * owner column, this column comes directly after `id`.
   */
  readonly columns: readonly OwnColumn[];
  /**
   * The indexes. The unique keys come first, and then the indexes of the JSON file. At the end, each column that refers
   * to another table gets an index of its own, if no earlier index begins with the column.
   */
  readonly indexes: readonly OwnIndex[];
  /** The text columns in which named queries search for words; empty if the table has no search index. */
  readonly search: readonly string[];
  /** The former name of this table; undefined if the table was not renamed. */
  readonly renamedFrom: string | undefined;
}

/** Returns the schema that named queries use to read and write the tables. */
export const schemaOf = (tables: readonly OwnTable[]): Schema =>
  Object.fromEntries(
    tables.map(({ name, owner, columns, search }) => [
      name,
      {
        access: { owner },
        ...(search.length === 0 ? {} : { search }),
        columns: Object.fromEntries(
          columns.map((column) => [
            column.name,
            {
              type: column.type,
              ...(column.scale === undefined ? {} : { scale: column.scale }),
              ...(column.nullable ? { nullable: true as const } : {}),
              ...(column.default === undefined ? {} : { hasDefault: true as const }),
              ...(column.references === undefined ? {} : { references: column.references.table }),
            },
          ]),
        ),
      },
    ]),
  );

export const columnNamed = ({ columns }: OwnTable, name: string): OwnColumn | undefined =>
  columns.find((column) => column.name === name);

/**
 * Sorts the tables: a table comes after the tables to which it refers. If the references form a cycle, this order is
 * impossible. Then the first of the remaining tables comes next, in spite of its references.
 */
export function parentsFirst(tables: readonly OwnTable[]): readonly OwnTable[] {
  const ordered: OwnTable[] = [];
  let rest = [...tables];
  while (rest.length > 0) {
    const waits = ({ name, columns }: OwnTable): boolean =>
      columns.some(
        ({ references }) =>
          references !== undefined &&
          references.table !== name &&
          rest.some((other) => other.name === references.table),
      );
    const ready = rest.filter((table) => !waits(table));
    const next = ready.length > 0 ? ready : rest.slice(0, 1);
    ordered.push(...next);
    rest = rest.filter((table) => !next.includes(table));
  }
  return ordered;
}
