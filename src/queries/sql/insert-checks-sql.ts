// Compiles the statements that find out which item of an insert caused an error. The errors of the engines are not used
// for this purpose, because they differ between the engines. Each function returns undefined if the insert can't cause
// the error. For an insert without a list of items, only `unownedItemSql` returns a statement.
import { sql } from "kysely";
import type { Assignment, InsertPlan } from "../plan.ts";
import type { Sql } from "./dialect.ts";
import { allSql, type Compiling, expressionSql } from "./expression-sql.ts";
import type { Slot } from "./slot.ts";
import { inUse, referenceSql } from "./write-sql.ts";

/**
 * Selects the index of the first item that refers to a missing row or to a row of another owner. Selects no row if
 * there is no such item.
 */
export function unownedItemSql(plan: InsertPlan, around: Compiling): Sql | undefined {
  const compiling = withItems(plan, around);
  const checks = allSql(plan.checks.map((check) => referenceSql(check, compiling)));
  if (checks === undefined) return undefined;
  if (plan.each === undefined) return sql`select 0 as "place" where not (${checks})`;
  return firstPlaceSql(plan, compiling, sql`not (${checks})`);
}

/**
 * Selects the index of the first item with the same key as an earlier item. An upsert must not affect a row more than
 * once: SQLite would apply such items one after another, and Postgres refuses them.
 */
export function repeatedItemSql(plan: InsertPlan, around: Compiling): Sql | undefined {
  const { onConflict } = plan;
  if (plan.each === undefined || onConflict === undefined || onConflict.update.length === 0) return undefined;
  return repeatedKeySql(plan, onConflict.columns, around);
}

/**
 * Selects the index of the first item whose key is already used by a stored row or by an earlier item. If a part of the
 * key is a default value, the items are compared with each other, but not with stored rows, because only the database
 * knows the default value.
 */
export function takenItemSql(
  plan: InsertPlan,
  columns: readonly string[],
  around: Compiling,
): Sql | undefined {
  const compiling = withItems(plan, around);
  const key = keyOf(plan, columns, compiling);
  if (plan.each === undefined || key === undefined) return undefined;
  const repeated = repeatedKeySql(plan, columns, around)!;
  if (key.length < columns.length) return repeated;
  const same = allSql(
    key.map(({ column, value }) => sql`${sql.ref(`~taken.${column}`)} = ${expressionSql(value, compiling)}`),
  )!;
  const stored = sql`exists (select 1 from ${sql.table(plan.table.table)} as ${sql.id("~taken")} where ${same})`;
  const first = firstPlaceSql(plan, compiling, stored);
  return sql`select min("place") as "place" from (select * from (${first}) as "~stored" union all select * from (${repeated}) as "~repeated") as "~places" having count(*) > 0`;
}

function repeatedKeySql(plan: InsertPlan, columns: readonly string[], around: Compiling): Sql | undefined {
  const compiling = withItems(plan, around);
  const key = keyOf(plan, columns, compiling);
  if (key === undefined) return undefined;
  const { dialect } = compiling;
  const parts = key.map(({ value }) => expressionSql(value, compiling));
  const filled = allSql(parts.map((part) => sql`${part} is not null`)) ?? sql`true`;
  const partition = parts.length === 0 ? sql`` : sql`partition by ${sql.join(parts)} `;
  return sql`select "place" from (
select ${dialect.itemPlace} as "place", row_number() over (${partition}order by ${dialect.itemPlace}) as "turn"
from ${itemsSql(plan, compiling)} where ${filled}) as "~turns" where "turn" > 1 order by "place" limit 1`;
}

/**
 * Returns the assignments of the columns of a key. If no value is assigned to a column, but the column has a default value, the
 * column is left out, because the default value is the same in all items. Returns undefined if no two items can have the same key. There are two
 * such cases: a column of the key is null, or every item gets a new id in a column of the key.
 */
function keyOf(
  plan: InsertPlan,
  columns: readonly string[],
  compiling: Compiling,
): readonly Assignment[] | undefined {
  const written = inUse(plan.assignments, compiling);
  const partOf = (name: string) => written.find(({ column }) => column === name);
  const key = columns
    .filter((name) => partOf(name) !== undefined || !plan.defaults.includes(name))
    .map(partOf);
  return key.every((part) => part !== undefined) && key.every(({ value }) => value.kind !== "newId")
    ? key
    : undefined;
}

const withItems = (plan: InsertPlan, around: Compiling): Compiling => ({
  ...around,
  itemIds: plan.each === undefined ? undefined : { count: 0 },
});

const itemsSql = ({ each }: InsertPlan, { dialect }: Compiling): Sql =>
  dialect.numberedItems(sql.val({ slot: "items", name: each!, ids: 0 } satisfies Slot));

const firstPlaceSql = (plan: InsertPlan, compiling: Compiling, condition: Sql): Sql =>
  sql`select ${compiling.dialect.itemPlace} as "place" from ${itemsSql(plan, compiling)}
where ${condition} order by ${compiling.dialect.itemPlace} limit 1`;
