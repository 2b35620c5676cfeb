// Reads a select: its tables, joins, columns, condition and order.
import { usesIfGiven } from "./condition.ts";
import { pointerTo } from "../faults.ts";
import { describe, isObject, type JsonObject, readChoice, readList, readObject } from "../json-reader.ts";
import {
  type Condition,
  type Expression,
  isAggregated,
  type Join,
  type OutputColumn,
  type SelectPlan,
} from "../../plan.ts";
import { isPerGroup, readOrders, type SelectShape } from "./order.ts";
import { findTable, type Reading, type Visible, type VisibleTable } from "./parsing.ts";

export interface SelectPlace {
  readonly around: Visible;
  readonly nestedAs: SelectPlan["nestedAs"];
  /** Whether the select returns pages. If it does, its rows must be ordered by values that are never null. */
  readonly paged: boolean;
  /** Whether the select must have columns. In an "exists", columns are optional. */
  readonly columns: "needed" | "optional";
}

const depthMax = 2;
const columnsMax = 50;
const keys = ["as", "joins", "columns", "where", "groupBy", "having", "distinct", "orderBy", "limit"];

/**
 * Reads a select, and adds a fault for each error. Returns undefined if a necessary part can't be read. If another part
 * can't be read, returns a plan without this part. So use the plan only if there are no faults.
 */
export function readSelect(
  reading: Reading,
  at: string,
  raw: unknown,
  place: SelectPlace,
): SelectPlan | undefined {
  const { faults } = reading;
  const required = place.columns === "needed" ? ["from", "columns"] : ["from"];
  const read = readObject(faults, at, raw, {
    required,
    optional: [...keys, "columns"].filter((key) => !required.includes(key)),
  });
  if (read === undefined) return undefined;
  const depth = place.around.depth + (place.nestedAs === undefined ? 0 : 1);
  if (depth > depthMax) return faults.add(at, `Children can be nested at most ${depthMax} deep.`);

  const from = readTable(reading, at, read, "from", place.around);
  if (from === undefined) return undefined;
  const tables: VisibleTable[] = [{ reference: from, nullable: false }];
  const visible: Visible = {
    ...place.around,
    levels: [tables, ...place.around.levels],
    aggregates: false,
    windows: false,
    groups: [],
    outputs: isObject(read.columns) ? read.columns : {},
    depth,
  };
  const joins = readJoins(reading, pointerTo(at, "joins"), read.joins, visible, tables);
  const groupBy = readGroups(reading, at, read.groupBy, visible);
  const columns = readColumns(reading, pointerTo(at, "columns"), read.columns ?? {}, {
    ...visible,
    aggregates: true,
    groups: groupBy ?? [],
    windows: !place.paged && place.columns === "needed",
  });
  const where =
    read.where === undefined ? undefined : reading.condition(pointerTo(at, "where"), read.where, visible);
  const having =
    read.having === undefined
      ? undefined
      : reading.condition(pointerTo(at, "having"), read.having, { ...visible, aggregates: true });
  const distinct = read.distinct === true;
  if (read.distinct !== undefined && typeof read.distinct !== "boolean")
    faults.add(pointerTo(at, "distinct"), "The value has to be true or false.");
  const limit = readLimit(reading, pointerTo(at, "limit"), read.limit, visible);
  if (joins === undefined || columns === undefined || groupBy === undefined) return undefined;

  const grouped = groupBy.length > 0 || columns.some(({ expression }) => isAggregated(expression));
  const shape = { from, joins, columns, groupBy, distinct, grouped };
  checkGroups(reading, at, shape);
  if (having !== undefined && !grouped)
    faults.add(pointerTo(at, "having"), '"having" applies to groups, but there are none.', 'Use "where".');
  if (place.paged) checkPage(reading, at, shape);
  const orders = readOrders(reading, pointerTo(at, "orderBy"), read.orderBy, visible, shape, place.paged);
  if (place.paged && read.limit !== undefined)
    faults.add(pointerTo(at, "limit"), 'A page has its own "limit".', 'Set its size in "page".');
  return {
    kind: "select",
    from,
    joins,
    columns,
    where,
    groupBy,
    having,
    distinct,
    orders,
    limit,
    nestedAs: place.nestedAs,
  };
}

/**
 * Checks that the rows can be returned in pages. With "groupBy", the cursor of a page contains the values by which the
 * rows are grouped. The cursor is sent in a URL, so these values must not be texts, JSON or bytes, which can be too
 * long for a URL.
 */
function checkPage({ faults }: Reading, at: string, { groupBy, distinct, grouped }: SelectShape): void {
  const hint = 'Use "returns": "many" with a "limit".';
  if (distinct)
    faults.add(at, "A page can't be made of distinct rows.", 'Use "groupBy" with the columns of the rows.');
  else if (grouped && groupBy.length === 0)
    faults.add(at, "Aggregates without groups return one row, so the query can't have pages.", hint);
  else if (groupBy.some(({ kind, type }) => kind !== "bucket" && ["text", "json", "bytes"].includes(type)))
    faults.add(at, "Rows that are grouped by a text, JSON or bytes can't be returned in pages.", hint);
}

function readTable(
  reading: Reading,
  at: string,
  raw: JsonObject,
  key: "from" | "table",
  visible: Visible,
  also: readonly VisibleTable[] = [],
) {
  const { faults } = reading;
  const table = raw[key];
  if (typeof table !== "string") return faults.add(pointerTo(at, key), "The name of a table is needed here.");
  const alias = raw.as ?? table;
  if (typeof alias !== "string") return faults.add(pointerTo(at, "as"), "A name is needed here.");
  const taken = [...visible.levels.flat(), ...also].some(({ reference }) => reference.alias === alias);
  if (taken)
    return faults.add(
      pointerTo(at, raw.as === undefined ? key : "as"),
      `The name "${alias}" is already used by another table here.`,
      'Give it a name with "as".',
    );
  return findTable(reading, pointerTo(at, key), table, alias);
}

function readJoins(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
  tables: VisibleTable[],
): readonly Join[] | undefined {
  if (raw === undefined) return [];
  const list = readList(reading.faults, at, raw, "joins");
  const joins = list?.map((one, index): Join | undefined => {
    const here = pointerTo(at, index);
    const read = readObject(reading.faults, here, one, {
      required: ["table", "on"],
      optional: ["as", "kind"],
    });
    if (read === undefined) return undefined;
    const kind =
      read.kind === undefined
        ? "inner"
        : readChoice(reading.faults, pointerTo(here, "kind"), read.kind, ["inner", "left"]);
    const table = readTable(reading, here, read, "table", visible);
    if (table === undefined) return undefined;
    // The table is visible even if `kind` is wrong. Otherwise each use of the table would be a second, misleading fault.
    tables.push({ reference: table, nullable: kind === "left" });
    const on = reading.condition(pointerTo(here, "on"), read.on, visible);
    if (on === undefined || kind === undefined) return undefined;
    if (usesIfGiven(on))
      reading.faults.add(
        pointerTo(here, "on"),
        "A join can't depend on a parameter that may be left out.",
        'Put it into "where".',
      );
    return { kind, table, on, isLookup: findsById(on, table.alias) };
  });
  return joins?.every((join) => join !== undefined) ? joins : undefined;
}

/**
 * Whether the condition compares `alias.id`, the id of the joined row, with one value that does not come from the
 * joined row, such as `t.projectId`. Then each row of the earlier tables has at most one joined row. For a calculated
 * value, the result is false, because calculated values are not examined.
 */
function findsById(on: Condition, alias: string): boolean {
  if (on.kind === "and") return on.of.some((one) => findsById(one, alias));
  if (on.kind !== "compare" || on.name !== "equals") return false;
  const isId = (side: Expression) => side.kind === "column" && side.alias === alias && side.column === "id";
  const isFixed = (side: Expression) =>
    side.kind === "column" ? side.alias !== alias : fixedKinds.includes(side.kind);
  return (isId(on.left) && isFixed(on.right)) || (isFixed(on.left) && isId(on.right));
}

const fixedKinds: readonly Expression["kind"][] = ["parameter", "item", "literal", "caller", "step"];

export function readColumns(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
): readonly OutputColumn[] | undefined {
  const { faults } = reading;
  if (!isObject(raw))
    return faults.add(
      at,
      `An object of columns is needed here, not ${describe(raw)}.`,
      '{"name": "table.column"}',
    );
  const entries = Object.entries(raw);
  if (entries.length > columnsMax) faults.add(at, `At most ${columnsMax} columns are allowed.`);
  const columns = entries.map(([name, one]) => {
    const here = pointerTo(at, name);
    if (!/^[A-Za-z][A-Za-z0-9]{0,60}$/.test(name)) {
      faults.add(
        here,
        `"${name}" is not a valid name for a column.`,
        "Use camelCase with letters and digits.",
      );
    }
    const expression = reading.expression(here, one, visible);
    return expression === undefined ? undefined : { name, expression };
  });
  return columns.every((column) => column !== undefined) ? columns : undefined;
}

function readGroups(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
): readonly Expression[] | undefined {
  if (raw === undefined) return [];
  const here = pointerTo(at, "groupBy");
  const list = readList(reading.faults, here, raw, "expressions");
  const groups = list?.map((one, index) => {
    const place = pointerTo(here, index);
    const group = reading.expression(place, one, visible);
    if (group !== undefined && (!isColumnOnly(group) || group.type === "json")) {
      return reading.faults.add(
        place,
        "Groups need columns, or values calculated from them without parameters.",
      );
    }
    return group;
  });
  return groups?.every((group) => group !== undefined) ? groups : undefined;
}

const isColumnOnly = (expression: Expression): boolean => {
  if (expression.kind === "column") return true;
  if (expression.kind === "bucket" || expression.kind === "round") return isColumnOnly(expression.of);
  return (
    expression.kind === "call" && expression.of.every((one) => isColumnOnly(one) || one.kind === "literal")
  );
};

function checkGroups(
  { faults }: Reading,
  at: string,
  { columns, groupBy, distinct, grouped }: SelectShape,
): void {
  for (const { name, expression } of columns) {
    const here = pointerTo(pointerTo(at, "columns"), name);
    if (grouped && !isPerGroup(expression, groupBy)) {
      faults.add(here, `"${name}" has no single value per group.`, 'Add it to "groupBy", or aggregate it.');
    }
    if (distinct && ["json", "row", "rows"].includes(expression.type)) {
      faults.add(
        here,
        `Rows with ${expression.type} can't be compared.`,
        'Leave out "distinct" or the column.',
      );
    }
  }
}

function readLimit(reading: Reading, at: string, raw: unknown, visible: Visible): Expression | undefined {
  if (raw === undefined) return undefined;
  const { faults, maxRows, parameters } = reading;
  const limit = reading.expression(at, raw, { ...visible, levels: [] }, "integer");
  if (limit === undefined) return undefined;
  if (limit.kind === "literal" && Number.isInteger(limit.value) && (limit.value as number) >= 1) {
    return (limit.value as number) <= maxRows
      ? limit
      : faults.add(at, `The limit is above "maxRows", ${maxRows}.`);
  }
  const shape = limit.kind === "parameter" ? parameters.get(limit.name)?.shape : undefined;
  if (shape?.type !== "integer")
    return faults.add(at, "A whole number, or a parameter that holds one, is needed here.");
  if (limit.nullable || shape.minimum < 1 || shape.maximum > maxRows) {
    return faults.add(
      at,
      "The parameter may ask for more rows than allowed, or for less than one.",
      `Give it "minimum": 1 and "maximum": ${maxRows} or less, and no "nullable".`,
    );
  }
  return limit;
}
