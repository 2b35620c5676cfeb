// Turns a plan of changes to an app's tables into SQL statements for an engine, in the order in which they run.
import { createSearchIndex, dropSearchIndex } from "../../ports/database/search-index.ts";
import type { DialectName } from "../../queries/sql/statement.ts";
import { orderRenames } from "./order-renames.ts";
import type { OwnColumn, OwnTable } from "../tables/own-table.ts";
import { type ChangePlan, type ColumnChange, isSameColumn, type TableChange } from "./plan-changes.ts";
import {
  addReferenceSql,
  columnList,
  columnSql,
  createIndexSql,
  createTableSql,
  defaultSql,
  dropIndexSql,
  indexName,
  quoted,
  referenceName,
  typeSql,
} from "../tables/table-sql.ts";

/**
 * Returns the statements. The caller must run the statements inside `changeTables` of the database, which opens one
 * transaction and, on SQLite, turns foreign keys off. If a table has a search index, every change of the
 * table drops the index and creates it again, because the index is defined with the names of the columns.
 */
export const changesSql = (dialect: DialectName, plan: ChangePlan): readonly string[] => {
  const { created, dropped, changed } = plan;
  const searched = (tables: readonly OwnTable[]) =>
    tables
      .filter(({ search }) => search.length > 0)
      .map(({ name: table, owner, search: columns }) => ({ table, owner, columns }));
  const before = searched([...dropped, ...changed.map(({ from }) => from)]);
  const after = searched([...created, ...changed.map(({ to }) => to)]);
  return [
    ...before.flatMap((index) => dropSearchIndex(dialect, index)),
    ...(dialect === "sqlite" ? sqliteSql(plan) : postgresSql(plan)),
    ...after.flatMap((index) => createSearchIndex(dialect, index)),
  ];
};

function postgresSql({ created, dropped, changed }: ChangePlan): readonly string[] {
  const goneReferences = changed.flatMap(({ from, columns }) =>
    columns
      .filter((change) => change.from?.references && !keepsReference(change))
      .map(({ from: was }) => dropReferenceSql(from.name, was!.name)),
  );
  const newReferences = changed.flatMap(({ to, columns }) =>
    columns
      .filter((change) => change.to?.references && !keepsReference(change))
      .map(({ to: column }) => addReferenceSql(to.name, column!)),
  );
  return [
    ...goneReferences,
    ...(dropped.length === 0 ? [] : [`drop table ${columnList(dropped.map(({ name }) => name))}`]),
    ...renameTablesSql(changed),
    ...changed.flatMap(alterSql),
    ...created.map((table) => createTableSql("postgres", table)),
    ...newReferences,
    ...created.flatMap(({ name, columns }) =>
      columns.filter(({ references }) => references).map((column) => addReferenceSql(name, column)),
    ),
    ...changed.flatMap(({ to, newIndexes }) => newIndexes.map((index) => createIndexSql(to.name, index))),
    ...created.flatMap(indexesSql),
  ];
}

const keepsReference = ({ from, to }: ColumnChange): boolean =>
  from !== undefined &&
  to !== undefined &&
  from.references?.table === to.references?.table &&
  from.references?.onDelete === to.references?.onDelete;

const dropReferenceSql = (table: string, column: string): string =>
  `alter table ${quoted(table)} drop constraint ${quoted(referenceName(table, column))}`;

const indexesSql = ({ name, indexes }: OwnTable): readonly string[] =>
  indexes.map((index) => createIndexSql(name, index));

const renameTablesSql = (changed: readonly TableChange[]): readonly string[] =>
  orderRenames(
    changed
      .filter(({ from, to }) => from.name !== to.name)
      .map(({ from, to }) => ({ from: from.name, to: to.name })),
  ).map(({ from, to }) => `alter table ${quoted(from)} rename to ${quoted(to)}`);

const renameColumnsSql = ({ to, columns }: TableChange): readonly string[] =>
  orderRenames(
    columns
      .filter((change) => change.from && change.to && change.from.name !== change.to.name)
      .map((change) => ({ from: change.from!.name, to: change.to!.name })),
  ).map(
    (rename) => `alter table ${quoted(to.name)} rename column ${quoted(rename.from)} to ${quoted(rename.to)}`,
  );

/**
 * Changes a table that already has its new name. Columns are dropped first, so that renamed and new columns can have
 * the names of dropped columns.
 */
function alterSql(change: TableChange): readonly string[] {
  const { from, to, columns, keptIndexes, droppedIndexes } = change;
  const table = `alter table ${quoted(to.name)}`;
  return [
    ...droppedIndexes.map((index) => dropIndexSql(from.name, index)),
    ...columns
      .filter((one) => one.to === undefined)
      .map((one) => `${table} drop column ${quoted(one.from!.name)}`),
    ...renameColumnsSql(change),
    ...columns.flatMap((one) => alterColumnSql(table, one)),
    ...columns
      .filter((one) => one.from === undefined)
      .map((one) => `${table} add column ${columnSql("postgres", one.to!)}`),
    ...columns
      .filter((one) => one.from?.references && one.to && keepsReference(one))
      .map((one) => [referenceName(from.name, one.from!.name), referenceName(to.name, one.to!.name)] as const)
      .filter(([was, is]) => was !== is)
      .map(([was, is]) => `${table} rename constraint ${quoted(was)} to ${quoted(is)}`),
    ...keptIndexes
      .map((kept) => [indexName(from.name, kept.from), indexName(to.name, kept.to)] as const)
      .filter(([was, is]) => was !== is)
      .map(([was, is]) => `alter index ${quoted(was)} rename to ${quoted(is)}`),
  ];
}

function alterColumnSql(table: string, { from, to }: ColumnChange): readonly string[] {
  if (from === undefined || to === undefined) return [];
  const column = `${table} alter column ${quoted(to.name)}`;
  const type = typeSql("postgres", to);
  return [
    ...(from.type === to.type ? [] : [`${column} type ${type}`]),
    ...(from.default === to.default
      ? []
      : [
          to.default === undefined
            ? `${column} drop default`
            : `${column} set default ${defaultSql("postgres", to)}`,
        ]),
    ...(from.nullable === to.nullable ? [] : [`${column} ${to.nullable ? "drop" : "set"} not null`]),
  ];
}

function sqliteSql({ created, dropped, changed }: ChangePlan): readonly string[] {
  return [
    ...changed.flatMap(({ from, droppedIndexes, keptIndexes }) =>
      [...droppedIndexes, ...keptIndexes.map((kept) => kept.from)].map((index) =>
        dropIndexSql(from.name, index),
      ),
    ),
    ...dropped.map(({ name }) => `drop table ${quoted(name)}`),
    ...renameTablesSql(changed),
    ...changed.flatMap((change) => (needsCopy(change) ? copySql(change) : addColumnsSql(change))),
    ...created.map((table) => createTableSql("sqlite", table)),
    ...[...changed.map(({ to }) => to), ...created].flatMap(indexesSql),
  ];
}

/**
 * On SQLite, `alter table` is used only to rename tables and columns, and to add columns without a reference. For every
 * other change of a column, the rows are copied into a new table.
 */
const needsCopy = ({ columns }: TableChange): boolean =>
  columns.some(
    ({ from, to }) =>
      to === undefined || (from === undefined ? to.references !== undefined : !isSameColumn(from, to)),
  );

const addColumnsSql = (change: TableChange): readonly string[] => [
  ...renameColumnsSql(change),
  ...change.columns
    .filter(({ from }) => from === undefined)
    .map(
      ({ to: column }) => `alter table ${quoted(change.to.name)} add column ${columnSql("sqlite", column!)}`,
    ),
];

const copyName = "rondo_copy";

/** Replaces a table by a new table with the same name and rows. Does not create the indexes of the new table. */
function copySql({ to, columns }: TableChange): readonly string[] {
  const kept = columns.filter((one) => one.from !== undefined && one.to !== undefined);
  const into = columnList(kept.map((one) => one.to!.name));
  const from = columnList(kept.map((one) => (one.from as OwnColumn).name));
  return [
    createTableSql("sqlite", to, copyName),
    `insert into ${quoted(copyName)} (${into}) select ${from} from ${quoted(to.name)}`,
    `drop table ${quoted(to.name)}`,
    `alter table ${quoted(copyName)} rename to ${quoted(to.name)}`,
  ];
}
