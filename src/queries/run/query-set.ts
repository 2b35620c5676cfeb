// Holds the queries that a server can run. The checks of a query's parameters are created together with the set. The
// statements of a query are compiled when a call needs them for the first time.
import { LRUCache } from "lru-cache";
import { AppError } from "../../errors.ts";
import { binderOf, type CallValues } from "../sql/bind.ts";
import { nearestNames } from "../spec/nearest-names.ts";
import type { SqlValue } from "../../ports/database/database.ts";
import { callReaderOf, type ReadCall } from "./check-call.ts";
import { isCounted } from "../plan-parts.ts";
import type { Query } from "../spec/parse/spec.ts";
import type { OrderedSearch, PagePart } from "../sql/select-sql.ts";
import { compileStatement, type DialectName, shapingParameters, type Statement } from "../sql/statement.ts";

export interface ReadyStatement extends Statement {
  /** Whether the result depends on the time of the call. */
  readonly usesNow: boolean;
  readonly bind: (call: CallValues) => SqlValue[];
}

export interface ReadyQuery extends Query {
  readonly readCall: ReadCall;
  /** The orders that a call can choose. */
  readonly orderNames: readonly string[];
  /**
   * Returns one statement per step of the query. `parameters` must come from `readCall`. The SQL depends on the chosen
   * order, on `page`, on `ordered`, and on which of the `shapingParameters` (the parameters that change the SQL) have a
   * value. The statements are compiled at the first call, and cached for later calls that need the same SQL.
   */
  statements(
    dialect: DialectName,
    parameters: Readonly<Record<string, unknown>>,
    page: PagePart,
    ordered?: OrderedSearch,
  ): readonly ReadyStatement[];
}

export interface QuerySet {
  readonly queries: ReadonlyMap<string, ReadyQuery>;
  /** If there is no query with this name, throws NOT_FOUND with the most similar names. */
  get(name: string): ReadyQuery;
}

/**
 * Creates the set. If two queries have the same name, the later query is used. If the tables can
 * change while the server runs, `tag` is the version of the tables, and becomes part of each SQL
 * string. Without the tag, a connection could use a statement that it prepared for an earlier
 * version of the tables.
 */
export const createQuerySet = (queries: readonly Query[], tag = ""): QuerySet =>
  setOf(new Map(queries.map((query) => [query.name, readyQuery(query, tag)])));

export function setOf(ready: ReadonlyMap<string, ReadyQuery>): QuerySet {
  return {
    queries: ready,
    get(name) {
      const query = ready.get(name);
      if (query !== undefined) return query;
      const near = nearestNames(name, ready.keys());
      throw new AppError("NOT_FOUND", "There is no such query.", {
        hint: near.length > 0 ? `Did you mean ${near.join(", ")}?` : "GET /v1/queries lists all queries.",
        details: { nearest: near },
      });
    },
  };
}

/**
 * The maximum number of compiled shapes that are cached per query and engine. The least recently used shape is evicted
 * first.
 */
const shapesMax = 64;
const orderedSearches: readonly (OrderedSearch | undefined)[] = [undefined, "edge", "rows"];
const pageParts: readonly PagePart[] = ["whole", "first", "after", "before", "row", "total"];

export function readyQuery(query: Query, tag = ""): ReadyQuery {
  const { plan, parameters, guards } = query;
  const shaping = shapingParameters(query);
  const answer = plan.steps.find(({ name }) => name === plan.answer)!.statement;
  const orderNames = answer.kind === "select" ? answer.orders.map(({ name }) => name) : [""];
  const cached: Record<DialectName, LRUCache<number | string, readonly ReadyStatement[]>> = {
    sqlite: new LRUCache({ max: shapesMax }),
    postgres: new LRUCache({ max: shapesMax }),
  };

  function compile(
    dialect: DialectName,
    values: Readonly<Record<string, unknown>>,
    order: number,
    page: PagePart,
    ordered: OrderedSearch | undefined,
  ) {
    const given = new Set(shaping.filter((name) => values[name] !== undefined));
    return plan.steps.map((step): ReadyStatement => {
      const isAnswer = step.name === plan.answer;
      const shape = {
        given,
        order: isAnswer ? order : 0,
        page: isAnswer ? page : ("whole" as const),
        ordered,
      };
      const needsAllRows = isAnswer || isCounted(plan.steps, step);
      const statement = compileStatement(
        step,
        { maxRows: guards.maxRows, needsAllRows, tag },
        dialect,
        shape,
      );
      const usesNow = statement.slots.some(({ slot }) => slot === "now");
      return { ...statement, usesNow, bind: binderOf(statement.slots) };
    });
  }

  return {
    ...query,
    readCall: callReaderOf(parameters),
    orderNames,
    statements(dialect, values, page, ordered) {
      const order = orderNames.length > 1 ? orderNames.indexOf(values.orderBy as string) : 0;
      const first =
        (order * pageParts.length + pageParts.indexOf(page)) * 3 + orderedSearches.indexOf(ordered);
      const key = keyOf(first, shaping, values);
      const known = cached[dialect].get(key);
      if (known !== undefined) return known;
      const compiled = compile(dialect, values, order, page, ordered);
      cached[dialect].set(key, compiled);
      return compiled;
    },
  };
}

/**
 * A key is a number only if there are at most this many shaping parameters. With more parameters, the number could
 * exceed 2^53.
 */
const bitsMax = 40;

/**
 * Returns a key for the cache of statements. Two calls get the same key only if `first` is equal and the same
 * parameters of `shaping` have a value. If possible, the key is a number, because a number is found faster than a
 * string.
 */
function keyOf(
  first: number,
  shaping: readonly string[],
  values: Readonly<Record<string, unknown>>,
): number | string {
  if (shaping.length > bitsMax)
    return `${first} ${shaping.map((name) => (values[name] === undefined ? 0 : 1)).join("")}`;
  let key = first;
  for (const name of shaping) key = key * 2 + (values[name] === undefined ? 0 : 1);
  return key;
}
