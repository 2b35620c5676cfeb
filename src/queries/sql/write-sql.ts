// Turns inserts, updates and deletes into SQL. A statement with the scope "user" writes only rows of the calling user.
// If a written row refers to another row, and the rows of that other table also belong to users, the referenced row must
// belong to the calling user. A row that violates one of these rules is not written, and no error is thrown.
import { sql } from "kysely";
import {
  type Assignment,
  columnType,
  type DeletePlan,
  type Expression,
  type InsertPlan,
  type OutputColumn,
  type ReferenceCheck,
  type UpdatePlan,
} from "../plan.ts";
import type { Sql } from "./dialect.ts";
import {
  allSql,
  type Compiling,
  conditionSql,
  converted,
  expressionSql,
  ownedSql,
} from "./expression-sql.ts";
import type { Slot } from "./slot.ts";

export function insertSql(plan: InsertPlan, around: Compiling): Sql {
  const itemIds = plan.each === undefined ? undefined : { count: 0 };
  const compiling = { ...around, itemIds };
  const written = inUse(plan.assignments, compiling);
  const values = written.map((one) => storedSql(one, compiling));
  const checks = allSql(plan.checks.map((check) => referenceSql(check, compiling)));
  const into = sql`insert into ${sql.table(plan.table.table)} (${sql.join(written.map(({ column }) => sql.id(column)))})`;
  const rows =
    plan.each === undefined && checks === undefined
      ? sql`values (${sql.join(values)})`
      : sql`select ${sql.join(values)}${itemsSql(plan, itemIds?.count ?? 0, compiling)}
where ${checks ?? sql`true`}`;
  return sql`${into}
${rows}${conflictSql(plan, compiling)}${returningSql(plan.columns, compiling)}`;
}

function itemsSql({ each }: InsertPlan, ids: number, { dialect }: Compiling): Sql {
  if (each === undefined) return sql``;
  return sql`
from ${dialect.itemTable(sql.val({ slot: "items", name: each, ids } satisfies Slot))}`;
}

/**
 * Returns the SQL of "on conflict". If an existing row with the same key belongs to another user, the row is neither
 * changed nor returned.
 */
function conflictSql({ onConflict, table }: InsertPlan, compiling: Compiling): Sql {
  if (onConflict === undefined) return sql``;
  const target = sql`
on conflict (${sql.join(onConflict.columns.map((column) => sql.id(column)))}) do`;
  if (onConflict.update.length === 0) return sql`${target} nothing`;
  const owned = ownedSql(table, compiling);
  return sql`${target} update set ${setSql(onConflict.update, compiling)}${owned === undefined ? sql`` : sql` where ${owned}`}`;
}

export function updateSql(plan: UpdatePlan, compiling: Compiling): Sql {
  const where = allSql([
    ownedSql(plan.table, compiling),
    plan.where === undefined ? undefined : conditionSql(plan.where, compiling),
    ...plan.checks.map((check) => referenceSql(check, compiling)),
  ]);
  return sql`update ${sql.table(plan.table.table)}
set ${setSql(plan.assignments, compiling)}
where ${where ?? sql`true`}${returningSql(plan.columns, compiling)}`;
}

export function deleteSql(plan: DeletePlan, compiling: Compiling): Sql {
  const where = allSql([
    ownedSql(plan.table, compiling),
    plan.where === undefined ? undefined : conditionSql(plan.where, compiling),
  ]);
  return sql`delete from ${sql.table(plan.table.table)}
where ${where ?? sql`true`}${returningSql(plan.columns, compiling)}`;
}

/** Returns the assignments without those whose optional parameter was not sent. */
export const inUse = (assignments: readonly Assignment[], { given }: Compiling) =>
  assignments.filter(({ ifGiven }) => ifGiven === undefined || given.has(ifGiven));

const setSql = (assignments: readonly Assignment[], compiling: Compiling): Sql =>
  sql.join(
    inUse(assignments, compiling).map((one) => sql`${sql.id(one.column)} = ${storedSql(one, compiling)}`),
  );

/** The kinds of expressions whose integers always fit into 32 bits. Integers of all other kinds have to be checked. */
const readInRange: ReadonlySet<Expression["kind"]> = new Set([
  "column",
  "inserted",
  "item",
  "literal",
  "parameter",
]);

/** Returns the SQL of a value, converted for its column. */
export function storedSql({ declared, value }: Assignment, compiling: Compiling): Sql {
  const type = columnType(declared);
  const written = converted(expressionSql(value, compiling), value, type, compiling.dialect);
  const fits = declared.type !== "integer" || (value.type === "integer" && readInRange.has(value.kind));
  return fits ? written : compiling.dialect.integer(written);
}

/**
 * Returns the condition that the referenced row belongs to the caller. A null refers to no row and
 * fulfils the condition. Returns undefined if the parameter of the assignment was not sent.
 */
export function referenceSql(
  { table, owner, value, ifGiven }: ReferenceCheck,
  compiling: Compiling,
): Sql | undefined {
  if (ifGiven !== undefined && !compiling.given.has(ifGiven)) return undefined;
  const reference = { table, alias: "~owned", owner };
  const id = expressionSql(value, compiling);
  const exists = sql`exists (select 1 from ${sql.table(table)} as ${sql.id("~owned")} where ${sql.ref("~owned.id")} = ${id} and ${ownedSql(reference, compiling)!})`;
  return value.nullable ? sql`(${expressionSql(value, compiling)} is null or ${exists})` : exists;
}

export const returningSql = (columns: readonly OutputColumn[], compiling: Compiling): Sql =>
  columns.length === 0
    ? sql``
    : sql`
returning ${sql.join(columns.map(({ name, expression }) => sql`${expressionSql(expression, { ...compiling, itemIds: undefined })} as ${sql.id(name)}`))}`;
