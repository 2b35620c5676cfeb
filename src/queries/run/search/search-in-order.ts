// Finds a page of search results without reading all matches, for searches with many matches. Rows are read in the
// order of the page, and the search words are looked for in the texts of these rows.
import { LRUCache } from "lru-cache";
import type { Database, RunOptions, SqlRow } from "../../../ports/database/database.ts";
import type { SelectPlan } from "../../plan.ts";
import { mentions } from "../../plan-parts.ts";
import type { CallValues } from "../../sql/bind.ts";
import { searchedTables } from "../../sql/expression-sql.ts";
import type { PagePart } from "../../sql/select-sql.ts";
import { cursorValueOf } from "../values/encode.ts";
import type { ReadyQuery, ReadyStatement } from "../query-set.ts";
import type { Outcome } from "../writes/run-write.ts";

interface OrderedCall<Tables> {
  readonly database: Database<Tables>;
  readonly query: ReadyQuery;
  readonly part: PagePart;
  readonly values: CallValues;
  readonly limits: RunOptions;
}

/**
 * Whether the call searches the first table of its select, and the page is ordered only by columns of this table that
 * are never null.
 */
export function searchesInOrder(query: ReadyQuery, { parameters }: CallValues): boolean {
  const select = searchingSelectOf(query);
  if (select === null) return false;
  const given = new Set(Object.keys(parameters).filter((name) => parameters[name] !== undefined));
  if (!searchedTables(select.where, { given }).has(select.from.alias)) return false;
  const order = select.orders.find(({ name }) => name === parameters.orderBy) ?? select.orders[0];
  return (
    order?.keys.every(
      ({ by }) => by.kind === "column" && by.alias === select.from.alias && by.nullable !== true,
    ) === true
  );
}

/** Maps a query to its select with a search condition. The value is null if the query can't be searched in order. */
const searching = new WeakMap<ReadyQuery, SelectPlan | null>();

function searchingSelectOf(query: ReadyQuery): SelectPlan | null {
  const cached = searching.get(query);
  if (cached !== undefined) return cached;
  const found = findSearchingSelect(query);
  searching.set(query, found);
  return found;
}

function findSearchingSelect({ plan }: ReadyQuery): SelectPlan | null {
  const [first, ...others] = plan.steps;
  const select = first?.statement;
  if (others.length > 0 || select?.kind !== "select" || select.where === undefined) return null;
  if (select.groupBy.length > 0 || select.having !== undefined || select.distinct) return null;
  return mentions(select.where, ({ kind }) => kind === "search") ? select : null;
}

/**
 * Searches the first `testedRows` (select-sql.ts) rows in the order of the page. Returns the rows of the page, and one
 * more row, which shows that there is a next page. Returns undefined if the caller has to use the search index instead:
 * - No index of the database has the order of the page.
 * - No rows follow the searched rows.
 * - The searched rows contain fewer matches than the page needs.
 */
export async function searchInOrder<Tables>(call: OrderedCall<Tables>): Promise<Outcome | undefined> {
  const { database, query, part, values, limits } = call;
  const of = (ordered: "edge" | "rows") =>
    query.statements(database.dialect, values.parameters, part, ordered)[0]!;
  const [edge, statement] = [of("edge"), of("rows")];
  if (!(await hasOrderedIndex(database, edge, values))) return undefined;
  const { rows: edges } = await database.run(edge.sql, edge.bind(values), limits);
  const [row] = edges as readonly SqlRow[];
  if (row === undefined) return undefined;
  const at = edge.cursorColumns.map((name, index) => cursorValueOf(row[name], edge.cursorTypes[index]!));
  const { rows } = await database.run(statement.sql, statement.bind({ ...values, edge: at }), limits);
  return rows.length > values.limit ? { rows: rows as SqlRow[], statement } : undefined;
}

/**
 * How long the result of `hasOrderedIndex` is cached, in milliseconds. The result can change, because the database may
 * choose another index when a table grows.
 */
const knownMs = 60_000;
const known = new WeakMap<object, LRUCache<string, boolean>>();

async function hasOrderedIndex<Tables>(
  database: Database<Tables>,
  { sql, bind }: ReadyStatement,
  values: CallValues,
): Promise<boolean> {
  const plans = known.get(database) ?? new LRUCache<string, boolean>({ max: 500, ttl: knownMs });
  known.set(database, plans);
  const cached = plans.get(sql);
  if (cached !== undefined) return cached;
  const { sorts, reach } = await database.explain(sql, bind(values));
  const isOrdered = !sorts && reach !== "scan";
  plans.set(sql, isOrdered);
  return isOrdered;
}
