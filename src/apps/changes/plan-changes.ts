// Compares two versions of an app's tables. Finds the tables and columns that exist in both
// versions, even if they were renamed, and the differences between the versions.
import type { ColumnType } from "../../businesses/tables/table-declaration.ts";
import { counted } from "../../counted.ts";
import { pointerTo, type SpecFault } from "../../queries/spec/faults.ts";
import { tableFile } from "../app.ts";
import { columnNamed, type OwnColumn, type OwnIndex, type OwnTable } from "../tables/own-table.ts";

/** A column before and after the change. `from` or `to` is undefined if the column doesn't exist in that version. */
export interface ColumnChange {
  readonly from: OwnColumn | undefined;
  readonly to: OwnColumn | undefined;
}

export interface TableChange {
  readonly from: OwnTable;
  readonly to: OwnTable;
  readonly columns: readonly ColumnChange[];
  /** The indexes that exist in both versions. The columns of such an index can have new names. */
  readonly keptIndexes: readonly { readonly from: OwnIndex; readonly to: OwnIndex }[];
  readonly newIndexes: readonly OwnIndex[];
  readonly droppedIndexes: readonly OwnIndex[];
}

export interface ChangePlan {
  readonly created: readonly OwnTable[];
  readonly dropped: readonly OwnTable[];
  /** The tables that exist in both versions. */
  readonly pairs: readonly TableChange[];
  /** The pairs that differ. */
  readonly changed: readonly TableChange[];
  /**
   * The columns that can't get their new type. If there are faults, the plan must not be carried out.
   */
  readonly faults: readonly SpecFault[];
}

/** Finds the current name of a table or a column by its name in the planned version. */
export interface PresentNames {
  table(name: string): string | undefined;
  /** `table` is the table's name in the planned version. The table must exist in both versions. */
  column(table: string, name: string): string | undefined;
}

/**
 * Finds the current names. A table or column that already has its new name is found by the new name,
 * and otherwise by the former name in `renamedFrom`.
 */
const namesFromFiles = (before: readonly OwnTable[], after: readonly OwnTable[]): PresentNames => {
  const table = (name: string): string | undefined => {
    const former = after.find((one) => one.name === name)?.renamedFrom;
    return [name, former].find((one) => before.some((other) => other.name === one));
  };
  return {
    table,
    column(tableName, name) {
      const from = before.find((one) => one.name === table(tableName))!;
      const to = after.find((one) => one.name === tableName)!;
      // The owner column is found even if it was renamed without `renamedFrom`.
      const names = [name, columnNamed(to, name)?.renamedFrom, name === to.owner ? from.owner : undefined];
      return names.find((one) => one !== undefined && columnNamed(from, one) !== undefined);
    },
  };
};

/**
 * Plans the changes. `names` finds the current names of renamed tables and columns. The default for
 * `names` uses `renamedFrom` in the files of the new tables.
 */
export function planChanges(
  before: readonly OwnTable[],
  after: readonly OwnTable[],
  names: PresentNames = namesFromFiles(before, after),
): ChangePlan {
  const faults: SpecFault[] = [];
  const pairs = pairUp(before, after, (name) => names.table(name));
  const created = after.filter((to) => !pairs.some(([, other]) => other === to));
  const dropped = before.filter((from) => !pairs.some(([other]) => other === from));
  const newNames = new Map(pairs.map(([from, to]) => [from.name, to.name]));
  const changes = pairs.map(([from, to]) => changeOf(referringBy(newNames, from), to, names, faults));
  return { created, dropped, pairs: changes, changed: changes.filter(differs), faults };
}

/**
 * Pairs the tables or columns of the new version (`after`) with those of the current version (`before`):
 * 1. Each new thing is paired with the current thing whose name `presentName` returns.
 * 2. Each new thing without a partner is paired with the current thing that has the same name.
 *
 * A thing is in at most one pair. Things without a partner are left out.
 */
function pairUp<Thing extends { readonly name: string }>(
  before: readonly Thing[],
  after: readonly Thing[],
  presentName: (name: string) => string | undefined,
): readonly (readonly [Thing, Thing])[] {
  const left = new Set(before);
  const found = new Map<Thing, Thing>();
  for (const nameOf of [presentName, (name: string) => name]) {
    for (const to of after) {
      const name = nameOf(to.name);
      const from = found.has(to) ? undefined : [...left].find((one) => one.name === name);
      if (from === undefined) continue;
      left.delete(from);
      found.set(to, from);
    }
  }
  return [...found].map(([to, from]) => [from, to] as const);
}

/** Replaces the names of renamed tables in references, as databases do when a table is renamed. */
const referringBy = (newNames: ReadonlyMap<string, string>, table: OwnTable): OwnTable => ({
  ...table,
  columns: table.columns.map((column) =>
    column.references === undefined
      ? column
      : {
          ...column,
          references: {
            ...column.references,
            table: newNames.get(column.references.table) ?? column.references.table,
          },
        },
  ),
});

function changeOf(from: OwnTable, to: OwnTable, names: PresentNames, faults: SpecFault[]): TableChange {
  const pairs = pairUp(from.columns, to.columns, (name) => names.column(to.name, name));
  const columns: ColumnChange[] = to.columns.map((column) => ({
    from: pairs.find(([, other]) => other === column)?.[0],
    to: column,
  }));
  for (const [was, column] of pairs) checkType(faults, to, was, column);
  for (const gone of from.columns)
    if (!pairs.some(([other]) => other === gone)) columns.push({ from: gone, to: undefined });
  const newName = (name: string): string | undefined =>
    columns.find((change) => change.from?.name === name)?.to?.name;
  const keptIndexes = from.indexes.flatMap((index) => {
    const same = to.indexes.find(
      (other) => other.unique === index.unique && other.columns.join() === index.columns.map(newName).join(),
    );
    return same === undefined ? [] : [{ from: index, to: same }];
  });
  return {
    ...{ from, to, columns, keptIndexes },
    newIndexes: to.indexes.filter((index) => !keptIndexes.some((kept) => kept.to === index)),
    droppedIndexes: from.indexes.filter((index) => !keptIndexes.some((kept) => kept.from === index)),
  };
}

/**
 * For each type, the types to which a column of this type can be changed. If a value may not fit the
 * new type (bigint to integer), `checkRows` checks the stored values later. The number of decimals
 * of a decimal column can't be changed.
 */
const conversions: Readonly<Partial<Record<ColumnType, readonly ColumnType[]>>> = {
  id: ["text"],
  integer: ["bigint", "float"],
  bigint: ["integer"],
};

function checkType(faults: SpecFault[], table: OwnTable, from: OwnColumn, to: OwnColumn): void {
  if (from.type === to.type && from.scale === to.scale) return;
  if (from.type !== to.type && conversions[from.type]?.includes(to.type)) return;
  faults.push({
    file: tableFile(table.name),
    at: pointerTo(pointerTo("/columns", to.name), "type"),
    message: `A column of type ${typeName(from)} can't become ${typeName(to)}.`,
    hint: "Add a column with another name, copy the values by a query, and drop the old column later.",
  });
}

const typeName = ({ type, scale }: OwnColumn): string =>
  scale === undefined ? type : `${type} with ${counted(scale, "decimal")}`;

/** Doesn't compare the names. Doesn't compare `scale` either, because `checkType` refuses a change of `scale`. */
export const isSameColumn = (one: OwnColumn, other: OwnColumn): boolean =>
  one.type === other.type &&
  one.nullable === other.nullable &&
  one.default === other.default &&
  one.references?.table === other.references?.table &&
  one.references?.onDelete === other.references?.onDelete;

const differs = ({ from, to, columns, newIndexes, droppedIndexes }: TableChange): boolean =>
  from.name !== to.name ||
  from.owner !== to.owner ||
  from.search.join() !== to.search.join() ||
  newIndexes.length > 0 ||
  droppedIndexes.length > 0 ||
  columns.some(
    (column) =>
      column.from === undefined ||
      column.to === undefined ||
      column.from.name !== column.to.name ||
      !isSameColumn(column.from, column.to),
  );
