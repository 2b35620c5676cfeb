// Reads an expression: a column, a parameter, a literal, a calculation, an aggregate, nested children.
import { pointerTo, suggestionFor } from "./faults.ts";
import { describe, isObject, type JsonObject, readChoice, readList, readObject } from "./json-reader.ts";
import { instantOf } from "./parameter-check.ts";
import type { ParameterShape } from "./parameter.ts";
import type { AggregateName, BucketName, Expression, Literal, ValueType } from "./plan.ts";
import { findColumn, fits, type Reading, type Visible } from "./reading.ts";

type Read = (
  reading: Reading,
  at: string,
  raw: JsonObject,
  visible: Visible,
  expected: ValueType | undefined,
) => Expression | undefined;

/** A text alone is a column: `"t.title"`. Anything else is an object with one key that says what it is. */
export function readExpression(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
  expected?: ValueType,
): Expression | undefined {
  if (typeof raw === "string") return findColumn(reading, at, raw, visible);
  if (typeof raw === "number" || typeof raw === "boolean") return literal(reading, at, raw, expected);
  const kind = isObject(raw) ? Object.keys(raw).find((key) => Object.hasOwn(kinds, key)) : undefined;
  if (kind === undefined || !isObject(raw)) {
    const wrong = isObject(raw) ? (Object.keys(raw)[0] ?? "") : "";
    return reading.faults.add(
      at,
      `An expression is needed here, not ${describe(raw)}.`,
      isObject(raw)
        ? suggestionFor(wrong, Object.keys(kinds))
        : 'A column as "table.column", or an object such as {"param": "name"}.',
    );
  }
  return kinds[kind as keyof typeof kinds](reading, at, raw, visible, expected);
}

/** What is compared with or stored: here a bare text would be doubtful, a column or a value. */
export function readOperand(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
  expected: ValueType,
): Expression | undefined {
  if (typeof raw === "string") {
    return reading.faults.add(
      at,
      "A text alone may be a value or a column here.",
      `Write {"value": ${JSON.stringify(raw)}}, {"column": "…"} or {"param": "…"}.`,
    );
  }
  const read = reading.expression(at, raw, visible, expected);
  if (read === undefined || fits(expected, read.type)) return checkRange(reading, at, read, expected);
  return reading.faults.add(at, `This is ${read.type}, and ${expected} is needed.`);
}

/** An "integer" column holds 32 bits on every engine. */
function checkRange(reading: Reading, at: string, read: Expression | undefined, expected: ValueType) {
  if (read?.kind !== "parameter" || expected !== "integer") return read;
  const shape = reading.parameters.get(read.name)?.shape;
  if (
    read.type === "bigint" ||
    (shape?.type === "integer" && Math.max(-shape.minimum - 1, shape.maximum) > 2 ** 31 - 1)
  ) {
    return reading.faults.add(
      at,
      `The parameter "${read.name}" may be larger than the column holds.`,
      'Give it a "maximum" of at most 2147483647.',
    );
  }
  return read;
}

function literal(
  reading: Reading,
  at: string,
  value: unknown,
  expected: ValueType | undefined,
): Expression | undefined {
  if (value === null) return { kind: "literal", value: null, type: expected ?? "text", nullable: true };
  const type = literalType(value, expected);
  if (type === undefined)
    return reading.faults.add(
      at,
      `${describe(value)} can't be used as a value of type ${expected ?? "text"}.`,
    );
  const stored = type === "timestamp" ? instantOf(value as string)! : (value as Literal);
  return { kind: "literal", value: stored, type, nullable: false };
}

function literalType(value: unknown, expected: ValueType | undefined): ValueType | undefined {
  if (typeof value === "boolean")
    return expected === undefined || expected === "boolean" ? "boolean" : undefined;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return undefined;
    if (Number.isSafeInteger(value) && expected !== "number") {
      const natural = Math.abs(value) < 2 ** 31 ? "integer" : "bigint";
      return expected === undefined || fits(expected, "integer") ? natural : undefined;
    }
    return expected === undefined || expected === "number" ? "number" : undefined;
  }
  if (typeof value !== "string" || value.includes("\0") || !value.isWellFormed()) return undefined;
  if (expected === "timestamp") return instantOf(value) === undefined ? undefined : "timestamp";
  return expected === undefined || expected === "text" || expected === "id" ? "text" : undefined;
}

const parameterType = (shape: ParameterShape): ValueType | undefined => {
  switch (shape.type) {
    case "string":
      return shape.format === "date-time" ? "timestamp" : shape.format === "int64" ? "bigint" : "text";
    case "integer":
      return shape.maximum > 2 ** 31 - 1 || shape.minimum < -(2 ** 31) ? "bigint" : "integer";
    case "number":
    case "boolean":
    case "json":
      return shape.type;
    default:
      return undefined;
  }
};

export { parameterType };

const readParam: Read = (reading, at, raw, visible) => {
  const { faults, parameters } = reading;
  const name = readObject(faults, at, raw, { required: ["param"] })?.param;
  const here = pointerTo(at, "param");
  if (typeof name !== "string") return faults.add(here, "The name of a parameter is needed here.");
  const parameter = parameters.get(name);
  if (parameter === undefined) {
    return faults.add(
      here,
      `The parameter "${name}" is not declared.`,
      suggestionFor(name, [...parameters.keys()]) ?? 'Declare it in "parameters".',
    );
  }
  reading.usedParameters.add(name);
  if (parameter.optional && !visible.given.has(name)) {
    return faults.add(
      here,
      `"${name}" may be left out, and has no value then.`,
      `Put "ifGiven": "${name}" on the condition, or give it a default.`,
    );
  }
  const type = parameterType(parameter.shape);
  if (type === undefined) {
    return faults.add(here, `"${name}" holds a list.`, 'Use it with "in", or with "each" of an insert.');
  }
  return { kind: "parameter", name, type, nullable: false };
};

const readItem: Read = (reading, at, raw, visible) => {
  const { faults, parameters } = reading;
  const name = readObject(faults, at, raw, { required: ["item"] })?.item;
  const shape = visible.each === undefined ? undefined : parameters.get(visible.each)?.shape;
  const items = shape?.type === "array" ? shape.items : undefined;
  if (items?.type !== "object")
    return faults.add(at, '"item" has a meaning only in an insert with "each" over a list of objects.');
  const field = items.fields.find((one) => one.name === name);
  if (field === undefined) {
    return faults.add(
      pointerTo(at, "item"),
      `The items have no field ${describe(name)}.`,
      suggestionFor(
        String(name),
        items.fields.map((one) => one.name),
      ),
    );
  }
  return {
    kind: "item",
    field: field.name,
    type: parameterType(field.shape) ?? "json",
    nullable: field.optional,
  };
};

const flag =
  (key: string, kind: "now" | "newId" | "caller", type: ValueType): Read =>
  (reading, at, raw) => {
    readObject(reading.faults, at, raw, { required: [key] });
    if (raw[key] !== true) return reading.faults.add(pointerTo(at, key), `Write {"${key}": true}.`);
    if (kind === "caller" && reading.scope !== "user")
      return reading.faults.add(at, "A query of the business has no calling user.");
    return { kind, type, nullable: false };
  };

const readStep: Read = (reading, at, raw) => {
  const { faults, steps } = reading;
  const read = readObject(faults, at, raw, { required: ["step", "column"] });
  const step = stepNamed(reading, pointerTo(at, "step"), raw.step);
  if (read === undefined || step === undefined) return undefined;
  const column = steps.get(step)?.columns.find(({ name }) => name === raw.column);
  if (column === undefined) {
    const known = steps.get(step)?.columns.map(({ name }) => name) ?? [];
    return faults.add(
      pointerTo(at, "column"),
      `The step "${step}" gives no column ${describe(raw.column)}.`,
      suggestionFor(String(raw.column), known),
    );
  }
  const { type } = column.expression;
  if (type === "row" || type === "rows")
    return faults.add(at, "Nested children can't be used in a later step.");
  return { kind: "step", step, column: column.name, type, nullable: true };
};

const readStepChanges: Read = (reading, at, raw) => {
  readObject(reading.faults, at, raw, { required: ["changesOf"] });
  const step = stepNamed(reading, pointerTo(at, "changesOf"), raw.changesOf);
  return step === undefined ? undefined : { kind: "stepChanges", step, type: "integer", nullable: false };
};

function stepNamed({ faults, steps }: Reading, at: string, name: unknown): string | undefined {
  if (typeof name === "string" && steps.has(name)) return name;
  return faults.add(
    at,
    `No earlier step is called ${describe(name)}.`,
    suggestionFor(String(name), [...steps.keys()]),
  );
}

const aggregate =
  (name: AggregateName): Read =>
  (reading, at, raw, visible) => {
    const { faults } = reading;
    readObject(faults, at, raw, { required: [name], optional: ["where", "distinct"] });
    if (!visible.aggregates) {
      return faults.add(at, `"${name}" can stand in "columns", "having" and "orderBy" only.`);
    }
    const inside: Visible = { ...visible, aggregates: false };
    const here = pointerTo(at, name);
    const all = name === "count" && raw.count === "*";
    const of = all ? undefined : reading.expression(here, raw[name], inside);
    if (!all && of === undefined) return undefined;
    const type = aggregateType(name, of);
    if (type === undefined) return faults.add(here, `"${name}" can't be taken of ${of?.type}.`);
    if (raw.distinct !== undefined && raw.distinct !== true)
      faults.add(pointerTo(at, "distinct"), "Write true, or leave it out.");
    if (raw.distinct === true && all)
      faults.add(at, "count(*) can't be distinct.", 'Count a column: {"count": "t.id", "distinct": true}.');
    const where =
      raw.where === undefined ? undefined : reading.condition(pointerTo(at, "where"), raw.where, inside);
    return {
      kind: "aggregate",
      name,
      of,
      distinct: raw.distinct === true,
      where,
      type,
      nullable: name !== "count",
    };
  };

function aggregateType(name: AggregateName, of: Expression | undefined): ValueType | undefined {
  if (name === "count") return "integer";
  if (
    of === undefined ||
    of.type === "row" ||
    of.type === "rows" ||
    of.type === "json" ||
    of.type === "boolean"
  )
    return undefined;
  const numeric = of.type === "integer" || of.type === "bigint" || of.type === "number";
  if (name === "average") return numeric ? "number" : undefined;
  if (name === "sum") return !numeric ? undefined : of.type === "number" ? "number" : "bigint";
  return of.type;
}

const textCall =
  (name: "lower" | "length", type: ValueType): Read =>
  (reading, at, raw, visible) => {
    readObject(reading.faults, at, raw, { required: [name] });
    const of = reading.expression(pointerTo(at, name), raw[name], visible, "text");
    if (of === undefined) return undefined;
    if (!fits(of.type, "text")) return reading.faults.add(at, `"${name}" needs text, not ${of.type}.`);
    return { kind: "call", name, of: [of], type, nullable: of.nullable };
  };

function readArguments(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
  expected: ValueType | undefined,
) {
  const list = readList(reading.faults, at, raw, "expressions");
  if (list === undefined) return undefined;
  let type = expected;
  const read = list.map((one, index) => {
    const expression = reading.expression(pointerTo(at, index), one, visible, type);
    type ??= expression?.type;
    return expression;
  });
  return read.every((one) => one !== undefined) ? read : undefined;
}

const readCoalesce: Read = (reading, at, raw, visible, expected) => {
  const { faults } = reading;
  readObject(faults, at, raw, { required: ["coalesce"] });
  const of = readArguments(reading, pointerTo(at, "coalesce"), raw.coalesce, visible, expected);
  if (of === undefined) return undefined;
  const [first] = of;
  if (first === undefined || of.length < 2)
    return faults.add(at, '"coalesce" needs two expressions or more.');
  const odd = of.find((one) => !fits(first.type, one.type) || one.type === "row" || one.type === "rows");
  if (odd !== undefined) return faults.add(at, `"coalesce" mixes ${first.type} and ${odd.type}.`);
  return {
    kind: "call",
    name: "coalesce",
    of,
    type: first.type,
    nullable: of.every(({ nullable }) => nullable),
  };
};

const arithmetic =
  (name: "add" | "subtract" | "multiply"): Read =>
  (reading, at, raw, visible) => {
    const { faults } = reading;
    readObject(faults, at, raw, { required: [name] });
    const of = readArguments(reading, pointerTo(at, name), raw[name], visible, undefined);
    if (of === undefined) return undefined;
    if (of.length !== 2) return faults.add(at, `"${name}" needs two numbers.`);
    const wrong = of.find(({ type }) => !fits(type, "integer"));
    if (wrong !== undefined) return faults.add(at, `"${name}" needs numbers, not ${wrong.type}.`);
    const type = of.some((one) => one.type === "number") ? "number" : "bigint";
    return { kind: "call", name, of, type, nullable: of.some(({ nullable }) => nullable) };
  };

const buckets: readonly BucketName[] = ["hour", "day", "month", "year"];

const readBucket: Read = (reading, at, raw, visible) => {
  const { faults } = reading;
  readObject(faults, at, raw, { required: ["truncate", "to"] });
  const to = readChoice(faults, pointerTo(at, "to"), raw.to, buckets);
  const of = reading.expression(pointerTo(at, "truncate"), raw.truncate, visible, "timestamp");
  if (of === undefined || to === undefined) return undefined;
  if (of.type !== "timestamp") return faults.add(at, `"truncate" needs an instant, not ${of.type}.`);
  return { kind: "bucket", to, of, type: "text", nullable: of.nullable };
};

const readCase: Read = (reading, at, raw, visible, expected) => {
  const { faults } = reading;
  readObject(faults, at, raw, { required: ["case"], optional: ["else"] });
  const list = readList(faults, pointerTo(at, "case"), raw.case, "branches");
  if (list === undefined || list.length === 0) return undefined;
  let type = expected;
  const branches = list.map((branch, index) => {
    const here = pointerTo(pointerTo(at, "case"), index);
    const read = readObject(faults, here, branch, { required: ["when", "then"] });
    if (read === undefined) return undefined;
    const when = reading.condition(pointerTo(here, "when"), read.when, { ...visible, aggregates: false });
    const then = reading.expression(pointerTo(here, "then"), read.then, visible, type);
    type ??= then?.type;
    return when === undefined || then === undefined ? undefined : { when, then };
  });
  const otherwise =
    raw.else === undefined ? undefined : reading.expression(pointerTo(at, "else"), raw.else, visible, type);
  if (
    !branches.every((branch) => branch !== undefined) ||
    (raw.else !== undefined && otherwise === undefined)
  )
    return undefined;
  const results = [...branches.map(({ then }) => then), ...(otherwise === undefined ? [] : [otherwise])];
  const first = results[0]!;
  const odd = results.find((one) => !fits(first.type, one.type));
  if (odd !== undefined) return faults.add(at, `The branches mix ${first.type} and ${odd.type}.`);
  return {
    kind: "case",
    branches,
    otherwise,
    type: first.type,
    nullable: otherwise === undefined || results.some(({ nullable }) => nullable),
  };
};

const nested =
  (key: "many" | "one"): Read =>
  (reading, at, raw, visible) => {
    readObject(reading.faults, at, raw, { required: [key] });
    const as = key === "many" ? "rows" : "row";
    const select = reading.nestedSelect(pointerTo(at, key), raw[key], visible, as);
    return select === undefined ? undefined : { kind: "nested", select, type: as, nullable: key === "one" };
  };

const readScalar: Read = (reading, at, raw, visible) => {
  readObject(reading.faults, at, raw, { required: ["scalar"] });
  const select = reading.nestedSelect(pointerTo(at, "scalar"), raw.scalar, visible, undefined);
  if (select === undefined) return undefined;
  const [column] = select.columns;
  if (column === undefined || select.columns.length !== 1)
    return reading.faults.add(at, '"scalar" gives one value: it has one column.');
  const { type } = column.expression;
  if (type === "row" || type === "rows")
    return reading.faults.add(at, 'Use "many" or "one" for nested children.');
  const counts = column.expression.kind === "aggregate" && column.expression.name === "count";
  return { kind: "scalar", select, type, nullable: !(counts && select.groupBy.length === 0) };
};

const kinds = {
  column: (reading, at, raw, visible) => {
    readObject(reading.faults, at, raw, { required: ["column"] });
    const path = raw.column;
    if (typeof path !== "string")
      return reading.faults.add(pointerTo(at, "column"), "A column's name is needed here.");
    return findColumn(reading, pointerTo(at, "column"), path, visible);
  },
  param: readParam,
  value: (reading, at, raw, _visible, expected) => {
    readObject(reading.faults, at, raw, { required: ["value"] });
    return literal(reading, pointerTo(at, "value"), raw.value, expected);
  },
  item: readItem,
  now: flag("now", "now", "timestamp"),
  newId: flag("newId", "newId", "id"),
  caller: flag("caller", "caller", "id"),
  step: readStep,
  changesOf: readStepChanges,
  count: aggregate("count"),
  sum: aggregate("sum"),
  average: aggregate("average"),
  min: aggregate("min"),
  max: aggregate("max"),
  lower: textCall("lower", "text"),
  length: textCall("length", "integer"),
  coalesce: readCoalesce,
  add: arithmetic("add"),
  subtract: arithmetic("subtract"),
  multiply: arithmetic("multiply"),
  truncate: readBucket,
  case: readCase,
  test: (reading, at, raw, visible) => {
    readObject(reading.faults, at, raw, { required: ["test"] });
    const condition = reading.condition(pointerTo(at, "test"), raw.test, visible);
    return condition === undefined ? undefined : { kind: "test", condition, type: "boolean", nullable: true };
  },
  many: nested("many"),
  one: nested("one"),
  scalar: readScalar,
} as const satisfies Record<string, Read>;
