// Checks, before the tables of an app are changed, whether the stored rows allow the change. Each fault names some of
// the rows that prevent the change.
import { CompiledQuery, type Kysely } from "kysely";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { counted } from "../../counted.ts";
import { pointerTo, type SpecFault } from "../../queries/spec/faults.ts";
import { tableFile } from "../app.ts";
import type { OwnIndex, OwnTable } from "../tables/own-table.ts";
import type { ChangePlan, ColumnChange, TableChange } from "./plan-changes.ts";
import { columnList, quoted } from "../tables/table-sql.ts";

type Rows = readonly Readonly<Record<string, unknown>>[];
type Ask = (sql: string) => Promise<Rows>;

const shownMax = 5;

/** Returns the faults. Call `checkRows` before the change, because its queries use the present names of the tables. */
export async function checkRows(db: Kysely<BusinessTables>, plan: ChangePlan): Promise<readonly SpecFault[]> {
  const ask: Ask = async (sql) =>
    (await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(sql))).rows;
  const faults: SpecFault[] = [];
  for (const change of plan.changed) {
    for (const column of change.columns) faults.push(...(await columnFaults(ask, plan, change, column)));
    for (const index of change.newIndexes)
      if (index.unique) faults.push(...(await duplicateFaults(ask, change, index)));
  }
  return faults;
}

const idsOf = (rows: Rows): string => {
  const shown = rows.slice(0, shownMax).map(({ id }) => String(id));
  return `${shown.join(", ")}${rows.length > shownMax ? ", …" : ""}`;
};

async function columnFaults(
  ask: Ask,
  plan: ChangePlan,
  { from: table, to: after }: TableChange,
  { from, to }: ColumnChange,
): Promise<readonly SpecFault[]> {
  if (to === undefined) return [];
  const file = tableFile(after.name);
  const at = pointerTo("/columns", to.name);
  const find = (condition: string): Promise<Rows> =>
    ask(`select "id" from ${quoted(table.name)} as "row" where ${condition} limit ${shownMax + 1}`);
  if (from === undefined) {
    if (to.nullable || to.default !== undefined) return [];
    const rows = await find("1 = 1");
    if (rows.length === 0) return [];
    const hint = 'Add "nullable": true or a "default".';
    return [{ file, at, message: `The table has rows, which would have no value for "${to.name}".`, hint }];
  }
  const faults: SpecFault[] = [];
  const column = `"row".${quoted(from.name)}`;
  if (from.nullable && !to.nullable) {
    const rows = await find(`${column} is null`);
    if (rows.length > 0)
      faults.push({
        file,
        at,
        message: `"${to.name}" is null in the rows with the ids ${idsOf(rows)}.`,
        hint: "Give these rows a value first.",
      });
  }
  if (from.type === "bigint" && to.type === "integer") {
    const rows = await find(`${column} not between -2147483648 and 2147483647`);
    if (rows.length > 0)
      faults.push({
        file,
        at: `${at}/type`,
        message: `"${to.name}" has more than 32 bits in the rows with the ids ${idsOf(rows)}.`,
        hint: "Change these rows first, or keep bigint.",
      });
  }
  const { references } = to;
  if (references !== undefined && references.table !== from.references?.table) {
    const rows = await find(`${column} is not null${missing(plan, references.table, column)}`);
    if (rows.length > 0)
      faults.push({
        file,
        at: `${at}/references`,
        message: `In the rows with the ids ${idsOf(rows)}, "${to.name}" contains an id that no row of "${references.table}" has.`,
        hint: "Change or delete these rows first.",
      });
  }
  return faults;
}

/**
 * Returns an SQL condition that is true if `column` contains an id that no row of `table` has. The condition begins
 * with the word "and", because it follows another condition. If the same change creates `table`, returns "". The table
 * has no rows yet, so the condition would be true for every id, and it can be left out.
 */
function missing({ created, changed }: ChangePlan, table: string, column: string): string {
  if (created.some(({ name }) => name === table)) return "";
  const present = changed.find(({ to }) => to.name === table)?.from.name ?? table;
  return ` and not exists (select 1 from ${quoted(present)} as "target" where "target"."id" = ${column})`;
}

async function duplicateFaults(
  ask: Ask,
  { from, to, columns }: TableChange,
  index: OwnIndex,
): Promise<readonly SpecFault[]> {
  const changes = index.columns.map((name) => columns.find((change) => change.to?.name === name)!);
  // A new column without a default is null in all existing rows. A unique key treats null as different from every
  // value, so rows with null in the key are never duplicates.
  if (changes.some((change) => change.from === undefined && change.to?.default === undefined)) return [];
  const keys = changes.flatMap((change) => (change.from === undefined ? [] : [change.from.name]));
  const ids =
    keys.length === 0 ? "" : ` where ${keys.map((name) => `${quoted(name)} is not null`).join(" and ")}`;
  const group = keys.length === 0 ? "" : ` group by ${columnList(keys)}`;
  const rows = await ask(
    `select min("id") as "first", max("id") as "last", count(*) as "rows" from ${quoted(from.name)}${ids}${group} having count(*) > 1 order by 1 limit ${shownMax + 1}`,
  );
  if (rows.length === 0) return [];
  const place = to.indexes.filter(({ unique }) => unique).indexOf(index);
  const shown = rows
    .slice(0, shownMax)
    .map(
      ({ first, last, rows: count }) =>
        `${String(first)} and ${String(last)} (${counted(Number(count), "row")})`,
    );
  return [
    {
      file: tableFile(to.name),
      at: `/unique/${place}`,
      message: `Some rows have the same ${index.columns.join(", ")}: ${shown.join("; ")}${rows.length > shownMax ? "; …" : ""}.`,
      hint: "Delete or change these rows first. The ids are the first and the last of each group.",
    },
  ];
}

/** Returns the tables and the columns that the change would delete permanently. */
export const lossesOf = ({ dropped, changed }: ChangePlan): readonly SpecFault[] => [
  ...dropped.map(({ name }) => ({
    file: tableFile(name),
    at: "",
    message: `The table "${name}" would be dropped with all its rows.`,
  })),
  ...changed.flatMap(({ to, columns }) =>
    columns
      .filter((column) => column.to === undefined)
      .map((column) => ({
        file: tableFile(to.name),
        at: "/columns",
        message: `The column "${column.from!.name}" would be dropped with all its values.`,
      })),
  ),
];

/** Returns one sentence for each change, for people to read. */
export function sentencesOf({ created, dropped, changed }: ChangePlan): readonly string[] {
  const named = (table: OwnTable) => `"${table.name}"`;
  return [
    ...created.map((table) => `The table ${named(table)} is created.`),
    ...dropped.map((table) => `The table ${named(table)} is dropped.`),
    ...changed.flatMap(({ from, to, columns, newIndexes, droppedIndexes }) => [
      ...(from.name === to.name ? [] : [`The table ${named(from)} is renamed to ${named(to)}.`]),
      ...columns.flatMap((column) => columnSentences(to, column)),
      ...(columns.some((column) => column.from?.name === from.owner && column.to?.name === to.owner)
        ? []
        : [`The owner column of ${named(to)} is "${to.owner}" instead of "${from.owner}".`]),
      ...newIndexes.map((index) => `${named(to)} gets ${kindOf(index)} on ${index.columns.join(", ")}.`),
      ...droppedIndexes.map((index) => `${named(to)} loses ${kindOf(index)} on ${index.columns.join(", ")}.`),
      ...(from.search.join() === to.search.join()
        ? []
        : [
            to.search.length === 0
              ? `${named(to)} loses the index of its search.`
              : `${named(to)} gets an index for the search in ${to.search.join(", ")}.`,
          ]),
    ]),
  ];
}

const kindOf = ({ unique }: OwnIndex): string => (unique ? "a unique key" : "an index");

function columnSentences({ name: table }: OwnTable, { from, to }: ColumnChange): readonly string[] {
  if (from === undefined) return [`"${table}" gets the column "${to!.name}" (${to!.type}).`];
  if (to === undefined) return [`"${table}" loses the column "${from.name}".`];
  const here = `"${table}"."${to.name}"`;
  return [
    ...(from.name === to.name ? [] : [`"${table}"."${from.name}" is renamed to "${to.name}".`]),
    ...(from.type === to.type ? [] : [`${here} becomes ${to.type} instead of ${from.type}.`]),
    ...(from.nullable === to.nullable
      ? []
      : [`${here} ${to.nullable ? "may be null" : "can't be null any more"}.`]),
    ...(from.default === to.default
      ? []
      : [
          to.default === undefined
            ? `${here} has no default any more.`
            : `${here} has the default ${JSON.stringify(to.default)}.`,
        ]),
    ...(from.references?.table === to.references?.table &&
    from.references?.onDelete === to.references?.onDelete
      ? []
      : [
          to.references === undefined
            ? `${here} refers to no table any more.`
            : `${here} refers to "${to.references.table}" (${to.references.onDelete}).`,
        ]),
  ];
}
