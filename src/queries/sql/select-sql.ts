// Turns the plan of a select into SQL. The SQL selects all rows, one page of the rows, or the
// number of rows. The rows of nested selects are selected as JSON.
import { sql } from "kysely";
import type { Direction, OrderKey, SelectPlan, TableReference } from "../plan.ts";
import type { Sql } from "./dialect.ts";
import {
  allSql,
  type Compiling,
  conditionSql,
  expressionSql,
  ownedSql,
  searchedTables,
  typeOf,
} from "./expression-sql.ts";
import type { Slot } from "./slot.ts";

/**
 * What a statement selects: all rows, the first page, the page after or before a cursor, the row of the cursor itself,
 * or the number of rows.
 */
export type PagePart = "whole" | "first" | "after" | "before" | "row" | "total";

/**
 * The two statements of a search without the search index. The search reads only the first `testedRows` rows, in the
 * order of the page. The statement "edge" finds the edge, which is the first row after them. The statement "rows" then
 * looks for the words in the texts of all rows before the edge.
 */
export type OrderedSearch = "edge" | "rows";

/**
 * The number of rows whose texts are read. If these rows contain too few results, the search is repeated with the
 * search index.
 */
const testedRows = { sqlite: 2_500, postgres: 1_500 } as const;

export interface SelectShape {
  readonly orderKeys: readonly OrderKey[];
  readonly page: PagePart;
  readonly ordered?: OrderedSearch | undefined;
  /**
   * The maximum number of rows. If the plan has no limit and `page` is "whole", the SQL selects one
   * more row, so that the caller detects that there are too many.
   */
  readonly maxRows: number;
}

/**
 * Returns the name under which an order key is selected. A key that is not a column of the result gets a name with
 * its index, such as "~0".
 */
export const keyColumnName = (plan: SelectPlan, keys: readonly OrderKey[], index: number): string => {
  const written = JSON.stringify(keys[index]?.by);
  const column = plan.columns.find(({ expression }) => JSON.stringify(expression) === written);
  return column?.name ?? `~${index}`;
};

export function selectSql(plan: SelectPlan, shape: SelectShape, outer: Compiling): Sql {
  const { orderKeys, page, ordered } = shape;
  const compiling = ordered === undefined ? outer : { ...outer, readsTextsOf: plan.from.alias };
  if (ordered === "edge") return edgeSql(plan, shape, compiling);
  if (page === "total") return totalSql(plan, compiling);
  const columns = plan.columns.map(
    ({ name, expression }) => sql`${expressionSql(expression, compiling)} as ${sql.id(name)}`,
  );
  const hidden =
    page === "whole"
      ? []
      : orderKeys.flatMap(({ by }, index) => {
          const name = keyColumnName(plan, orderKeys, index);
          return name.startsWith("~") ? [sql`${expressionSql(by, compiling)} as ${sql.id(name)}`] : [];
        });
  const edge = ordered === "rows" ? keysetSql(orderKeys, opposed(page), "edge", compiling) : undefined;
  const behind = allSql([behindSql(plan, orderKeys, page, compiling), edge]);
  return sql`select ${sql.raw(plan.distinct ? "distinct " : "")}${sql.join([...columns, ...hidden], sql`, `)}
${bodySql(page === "row" && plan.groupBy.length === 0 ? { ...plan, where: undefined } : plan, behind, compiling)}${orderSql(orderKeys, page === "before", compiling, plan)}
limit ${limitSql(plan, shape, compiling)}`;
}

const behindSql = (
  plan: SelectPlan,
  keys: readonly OrderKey[],
  page: PagePart,
  compiling: Compiling,
): Sql | undefined =>
  page === "after" || page === "before"
    ? keysetSql(keys, page, "cursor", compiling)
    : page === "row"
      ? cursorRowSql(plan, keys, compiling)
      : undefined;

/** Returns the SQL for the number of rows or groups. */
const totalSql = (plan: SelectPlan, compiling: Compiling): Sql => {
  const body = bodySql(plan, undefined, compiling);
  return plan.groupBy.length === 0
    ? sql`select count(*) as "total"\n${body}`
    : sql`select count(*) as "total"\nfrom (select 1\n${body}) as ${sql.id("~groups")}`;
};

const opposed = (page: PagePart): "after" | "before" => (page === "before" ? "after" : "before");

/** Returns the SQL that finds the edge and selects the order keys of this row. */
function edgeSql({ from, ...plan }: SelectPlan, { orderKeys, page }: SelectShape, compiling: Compiling): Sql {
  const keys = orderKeys.map(
    ({ by }, index) => sql`${expressionSql(by, compiling)} as ${sql.id(`~${index}`)}`,
  );
  const behind = behindSql({ ...plan, from }, orderKeys, page, compiling);
  const where = allSql([ownedSql(from, compiling), behind]);
  const order = orderSql(orderKeys, page === "before", compiling, { ...plan, from });
  return sql`select ${sql.join(keys)}
from ${tableSql(from)}${optional("where", where)}${order}
limit 1 offset ${sql.lit(testedRows[compiling.dialect.name])}`;
}

function bodySql(plan: SelectPlan, behind: Sql | undefined, compiling: Compiling): Sql {
  const searched = searchedTables(plan.where, compiling);
  const joins = plan.joins.map(({ kind, table, on }) => {
    const condition = allSql([conditionSql(on, compiling), ownedSql(table, compiling, searched)])!;
    return sql`
${sql.raw(kind)} join ${tableSql(table)} on ${condition}`;
  });
  const own = plan.where === undefined ? undefined : conditionSql(plan.where, compiling);
  const isGrouped = plan.groupBy.length > 0;
  const where = allSql([ownedSql(plan.from, compiling, searched), own, isGrouped ? undefined : behind]);
  // The order keys of a page of groups may be aggregates, so the condition for these keys is in "having".
  const having = allSql([
    plan.having === undefined ? undefined : conditionSql(plan.having, compiling),
    isGrouped ? behind : undefined,
  ]);
  const groups = plan.groupBy.map((group) => expressionSql(group, compiling));
  return sql`from ${tableSql(plan.from)}${sql.join(joins, sql``)}${optional("where", where)}${optional(
    "group by",
    groups.length === 0 ? undefined : sql.join(groups),
  )}${optional("having", having)}`;
}

const optional = (keyword: string, part: Sql | undefined): Sql =>
  part === undefined ? sql`` : sql`\n${sql.raw(keyword)} ${part}`;

const tableSql = ({ table, alias }: TableReference): Sql =>
  table === alias ? sql.table(table) : sql`${sql.table(table)} as ${sql.id(alias)}`;

const opposite: Readonly<Record<Direction, Direction>> = { asc: "desc", desc: "asc" };

/**
 * Orders nulls last, in both directions and on every engine. `backwards` reverses the directions, but nulls still come
 * last. This does no harm: only pages are read backwards, and the order keys of a page are never null.
 */
function orderSql(
  keys: readonly OrderKey[],
  backwards: boolean,
  compiling: Compiling,
  plan: SelectPlan,
): Sql {
  if (keys.length === 0) return sql``;
  const parts = keys.map(({ by, direction }, index) => {
    const way = backwards ? opposite[direction] : direction;
    // With `distinct`, Postgres orders only by selected columns. If a selected expression has a parameter, Postgres
    // does not recognise the same expression in "order by". So "order by" uses the name of the selected column.
    const side = plan.distinct ? sql.id(keyColumnName(plan, keys, index)) : expressionSql(by, compiling);
    return sql`${side} ${sql.raw(way)}${sql.raw(by.nullable ? " nulls last" : "")}`;
  });
  return sql`\norder by ${sql.join(parts)}`;
}

function limitSql(plan: SelectPlan, { page, maxRows }: SelectShape, compiling: Compiling): Sql {
  if (page !== "whole")
    return compiling.dialect.bound(sql.val({ slot: "pageLimit" } satisfies Slot), { type: "integer" });
  return plan.limit === undefined ? sql.lit(maxRows + 1) : expressionSql(plan.limit, compiling);
}

/** Returns whether the rows of a page have greater or smaller values of an order key than the row of the cursor. */
export const pageHas = (direction: Direction, page: "after" | "before"): "greater" | "smaller" =>
  (direction === "asc") === (page === "after") ? "greater" : "smaller";

/**
 * Returns the condition that selects the rows after a certain row or before it. `page` is the direction. `slot` names
 * the row: the row of the cursor, or the edge. If all keys have the same direction, the condition is one comparison of
 * row values, such as `(title, id) > (?, ?)`.
 */
function keysetSql(
  keys: readonly OrderKey[],
  page: "after" | "before",
  slot: "cursor" | "edge",
  compiling: Compiling,
): Sql {
  const ways = keys.map(({ direction }) => (pageHas(direction, page) === "greater" ? ">" : "<"));
  const sides = keys.map(({ by }) => expressionSql(by, compiling));
  const marks = keys.map((_, index) => markSql(keys, index, compiling, slot));
  if (ways.every((way) => way === ways[0])) {
    return sql`(${sql.join(sides)}) ${sql.raw(ways[0]!)} (${sql.join(marks)})`;
  }
  const turns = keys.map((_, index) => {
    const equal = sides.slice(0, index).map((side, at) => sql`${side} = ${marks[at]}`);
    return sql`(${sql.join([...equal, sql`${sides[index]} ${sql.raw(ways[index]!)} ${marks[index]}`], sql` and `)})`;
  });
  return sql`(${sql.join(turns, sql` or `)})`;
}

const markSql = (
  keys: readonly OrderKey[],
  index: number,
  { dialect }: Compiling,
  slot: "cursor" | "edge" = "cursor",
): Sql => {
  const type = typeOf(keys[index]!.by);
  return dialect.bound(sql.val({ slot, index, ...type } satisfies Slot), type);
};

/**
 * Returns the condition that finds the row of the cursor, also if values of the row have changed meanwhile. The
 * condition compares only the id of the row. If the rows are groups, the condition compares the values by which the
 * rows are grouped. The order keys always include the id or these values.
 */
const cursorRowSql = (
  { groupBy }: SelectPlan,
  keys: readonly OrderKey[],
  compiling: Compiling,
): Sql | undefined =>
  allSql(
    keys.map(({ by }, index) =>
      (
        groupBy.length === 0
          ? by.kind === "column" && by.column === "id"
          : groupBy.some((group) => JSON.stringify(group) === JSON.stringify(by))
      )
        ? sql`${expressionSql(by, compiling)} = ${markSql(keys, index, compiling)}`
        : undefined,
    ),
  );

/**
 * Returns the SQL of a select inside another select. The SQL selects one row or several rows as
 * JSON, or a single value. If the plan has no columns, the select is used in "exists" and selects a
 * 1 for each row. Without a limit, a list has up to one row more than `maxRows`, so that the caller detects that there
 * are too many.
 */
export function subselectSql(plan: SelectPlan, maxRows: number, compiling: Compiling): Sql {
  if (plan.columns.length === 0) return sql`select 1 ${bodySql(plan, undefined, compiling)}`;
  const keys = plan.orders[0]?.keys ?? [];
  if (plan.nestedAs === undefined) {
    const aggregated = keys.length === 0;
    const value = expressionSql(plan.columns[0]!.expression, compiling);
    return sql`select ${value} ${bodySql(plan, undefined, compiling)}${orderSql(keys, false, compiling, plan)}${sql.raw(aggregated ? "" : " limit 1")}`;
  }
  const { dialect } = compiling;
  const inner = plan.columns.map(
    ({ name, expression }) =>
      sql`${dialect.jsonValue(expressionSql(expression, compiling), typeOf(expression))} as ${sql.id(name)}`,
  );
  const pairs = plan.columns.map(({ name, expression }) => {
    const value = sql.ref(`~rows.${name}`);
    const isJson = ["row", "rows", "boolean", "float"].includes(expression.type);
    return { name, value: isJson ? dialect.stillJson(value) : value };
  });
  const object = dialect.jsonObject(pairs);
  const limit = plan.limit === undefined ? sql.lit(maxRows + 1) : expressionSql(plan.limit, compiling);
  return sql`select ${plan.nestedAs === "rows" ? dialect.jsonList(object) : object} from (select ${sql.join(inner)} ${bodySql(plan, undefined, compiling)}${orderSql(keys, false, compiling, plan)} limit ${plan.nestedAs === "rows" ? limit : sql.lit(1)}) as ${sql.id("~rows")}`;
}
