// Reads the order of a select: a fixed order, or several orders from which a call chooses. An order can leave undecided
// which of two rows comes first, for example if both have the same title. So further keys, such as the id, are added to
// every order. With these keys, every engine returns the rows in the same order.
import { pointerTo, suggestionFor } from "../faults.ts";
import { describe, isObject, type JsonObject, readChoice, readList, readObject } from "../json-reader.ts";
import {
  type Direction,
  type Expression,
  isAggregated,
  type Join,
  type OrderChoice,
  type OrderKey,
  type OutputColumn,
  type SelectPlan,
} from "../../plan.ts";
import type { Reading, Visible } from "./parsing.ts";

/** The parts of a select on which its order depends. */
export interface SelectShape {
  readonly from: SelectPlan["from"];
  readonly joins: readonly Join[];
  readonly columns: readonly OutputColumn[];
  readonly groupBy: readonly Expression[];
  readonly distinct: boolean;
  readonly grouped: boolean;
}

const same = (one: Expression, other: Expression) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Whether the expression certainly has only one value per group. Returns false for kinds of
 * expressions that are not examined, such as "case".
 */
export const isPerGroup = (expression: Expression, groups: readonly Expression[]): boolean => {
  if (groups.some((group) => same(group, expression))) return true;
  switch (expression.kind) {
    case "aggregate":
    case "literal":
    case "parameter":
    case "now":
    case "caller":
    case "step":
      return true;
    case "call":
      return expression.of.every((one) => isPerGroup(one, groups));
    case "bucket":
    case "round":
      return isPerGroup(expression.of, groups);
    case "moved":
      return isPerGroup(expression.of, groups) && isPerGroup(expression.amount, groups);
    case "window":
      return (
        groups.length > 0 &&
        [expression.of, ...expression.partitionBy, ...expression.orderBy.map(({ by }) => by)].every(
          (one) => one === undefined || isPerGroup(one, groups),
        )
      );
    default:
      return false;
  }
};

/**
 * Returns the orders from which a call can choose. The first order is the default. If the spec has
 * a fixed order or no order, the only order has the name "". If `paged`, adds a fault for each key
 * that can be null.
 */
export function readOrders(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
  shape: SelectShape,
  paged: boolean,
): readonly OrderChoice[] {
  const named = isObject(raw)
    ? readChoices(reading, at, raw, visible, shape)
    : [readFixed(reading, at, raw, visible, shape)];
  return named.map(({ name, keys: given }) => {
    const total = totalOrder(reading, given, shape);
    if (paged) {
      for (const { by } of total) {
        if (by.nullable) {
          reading.faults.add(
            at,
            "A page can't be ordered by a value that may be null.",
            'Wrap it: {"coalesce": ["t.column", {"value": …}]}.',
          );
        }
      }
    }
    return { name, keys: total };
  });
}

function readFixed(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
  shape: SelectShape,
): OrderChoice {
  if (raw === undefined) return { name: "", keys: [] };
  const list = readList(reading.faults, at, raw, "order keys") ?? [];
  const read = list.map((one, index): OrderKey | undefined => {
    const here = pointerTo(at, index);
    const key = readObject(reading.faults, here, one, { required: ["by"], optional: ["direction"] });
    if (key === undefined) return undefined;
    const direction =
      key.direction === undefined
        ? "asc"
        : readChoice<Direction>(reading.faults, pointerTo(here, "direction"), key.direction, ["asc", "desc"]);
    const by = readOrderKey(reading, pointerTo(here, "by"), key.by, visible, shape);
    return by === undefined || direction === undefined ? undefined : { by, direction };
  });
  return { name: "", keys: read.filter((key) => key !== undefined) };
}

/**
 * Reads `{"choices": {"title": {"lower": "t.title"}, …}, "default": "createdAt.desc"}`. Each choice
 * becomes two orders, such as `title.asc` and `title.desc`. A call chooses one of the orders with
 * the parameter `orderBy`.
 */
function readChoices(
  reading: Reading,
  at: string,
  raw: JsonObject,
  visible: Visible,
  shape: SelectShape,
): readonly OrderChoice[] {
  const { faults } = reading;
  const none: readonly OrderChoice[] = [{ name: "", keys: [] }];
  const read = readObject(faults, at, raw, { required: ["choices", "default"] });
  if (read === undefined) return none;
  if (visible.depth > 0 || visible.levels.length > 1) {
    faults.add(at, "Only the rows of the answer can have a choice of orders, not nested rows.");
    return none;
  }
  if (!isObject(read.choices) || Object.keys(read.choices).length === 0) {
    faults.add(pointerTo(at, "choices"), "An object of orders is needed here.");
    return none;
  }
  const all = Object.entries(read.choices).flatMap(([name, one]) => {
    const here = pointerTo(pointerTo(at, "choices"), name);
    if (!/^[a-z][A-Za-z0-9]{0,39}$/.test(name))
      faults.add(here, `"${name}" is not a valid name for an order.`);
    const by = readOrderKey(reading, here, one, visible, shape);
    if (by === undefined) return [];
    return (["asc", "desc"] as const).map((direction) => ({
      name: `${name}.${direction}`,
      keys: [{ by, direction }],
    }));
  });
  const first = all.find(({ name }) => name === read.default);
  if (first === undefined) {
    faults.add(
      pointerTo(at, "default"),
      `There is no order ${describe(read.default)}.`,
      suggestionFor(
        String(read.default),
        all.map(({ name }) => name),
      ),
    );
    return none;
  }
  return [first, ...all.filter((one) => one !== first)];
}

function readOrderKey(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
  { columns, groupBy, distinct, grouped }: SelectShape,
) {
  const by = reading.expression(at, raw, { ...visible, aggregates: true });
  if (by === undefined) return undefined;
  if (["json", "row", "rows"].includes(by.type))
    return reading.faults.add(at, `A value of type ${by.type} can't be ordered.`);
  if (grouped && !isPerGroup(by, groupBy))
    return reading.faults.add(
      at,
      "This expression has no single value per group.",
      'Add it to "groupBy", or aggregate it.',
    );
  if (!grouped && isAggregated(by))
    return reading.faults.add(
      at,
      "Only groups can be ordered by an aggregate, but this select has no groups.",
    );
  if (distinct && !columns.some(({ expression }) => same(expression, by))) {
    return reading.faults.add(
      at,
      'Distinct rows are ordered by their own columns: add this expression to "columns", too.',
    );
  }
  return by;
}

/**
 * Adds keys, because several rows can have the same values in all given keys. Without the added keys, engines could
 * return these rows in different orders, and pages could skip or repeat a row. The added keys have the direction of the
 * last given key. Without a given key, they are ascending.
 */
function totalOrder(
  { schema }: Reading,
  given: readonly OrderKey[],
  shape: SelectShape,
): readonly OrderKey[] {
  const { from, joins, columns, groupBy, distinct, grouped } = shape;
  if (grouped && groupBy.length === 0) return [];
  const direction = given.at(-1)?.direction ?? "asc";
  const tables = [
    { reference: from, nullable: false },
    ...joins
      .filter(({ isLookup }) => !isLookup)
      .map(({ table, kind }) => ({ reference: table, nullable: kind === "left" })),
  ];
  const ids = tables
    .filter(({ reference }) => schema[reference.table]?.columns.id !== undefined)
    .map(({ reference, nullable }): Expression => ({
      kind: "column",
      alias: reference.alias,
      column: "id",
      type: "id",
      nullable,
    }));
  const ties = distinct ? columns.map(({ expression }) => expression) : grouped ? groupBy : ids;
  const missing = ties.filter((tie) => !given.some(({ by }) => same(by, tie)));
  return [...given, ...missing.map((by): OrderKey => ({ by, direction }))];
}
