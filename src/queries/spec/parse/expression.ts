// Reads an expression: a column, a parameter, a literal, a calculation, an aggregate or nested children.
import { pointerTo, suggestionFor } from "../faults.ts";
import { describe, isObject, readObject } from "../json-reader.ts";
import { decimalOf } from "../../../ports/database/decimals.ts";
import { instantOf, isDate } from "../parameter-check.ts";
import { decimalScaleMax, type ParameterShape, type StringFormat } from "../parameter.ts";
import { columnType, type Expression, type Literal, type TypeOfValue, type ValueType } from "../../plan.ts";
import { arithmetic, readDivide, readRound } from "./arithmetic.ts";
import {
  aggregate,
  percentile,
  type Read,
  readCase,
  readCoalesce,
  readConcat,
  readRandom,
  textCall,
} from "./calculation.ts";
import { moved, readBucket } from "./calendar.ts";
import { readWindow } from "./window.ts";
import { findColumn, fits, type Reading, type Visible } from "./parsing.ts";

/**
 * Reads an expression. A string is a column, such as `"t.title"`. A number, true or false is a
 * literal. Any other expression is an object: its first key that is also a key of `kinds`
 * determines the kind of the expression, and some kinds have further keys. A literal has to fit the type `expected`;
 * other expressions can have another type. If the expression is not valid, adds a fault and returns
 * undefined.
 */
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
        ? wrong === "expression"
          ? 'Leave "expression" out here and write its value, such as {"add": […]}.'
          : suggestionFor(namesInSql.get(wrong.toLowerCase()) ?? wrong, Object.keys(kinds))
        : 'A column as "table.column", or an object such as {"param": "name"}.',
    );
  }
  return kinds[kind as keyof typeof kinds](reading, at, raw, visible, expected);
}

/** The functions of SQL that have another name in a spec. */
const namesInSql: ReadonlyMap<string, string> = new Map([
  ["avg", "average"],
  ["date_trunc", "truncate"],
  ["trunc", "truncate"],
  ["ifnull", "coalesce"],
  ["row_number", "window"],
  ["dense_rank", "window"],
  ["percentile_cont", "percentile"],
  ["char_length", "length"],
  ["if", "case"],
]);

/**
 * Reads a value that is compared or stored. Refuses a value whose type doesn't fit `expected`, and
 * a bare string, because a bare string could mean a column or a value.
 */
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
      "A bare text could be a value or a column here.",
      `Write {"value": ${JSON.stringify(raw)}}, {"column": "…"} or {"param": "…"}.`,
    );
  }
  const read = reading.expression(at, raw, visible, expected);
  if (read === undefined || fits(expected, read.type)) return checkRange(reading, at, read, expected);
  return reading.faults.add(
    at,
    `This is ${read.type}, but ${expected} is needed.`,
    read.kind === "bucket"
      ? `A truncated value can only be compared with another truncated value: {"expression": {"truncate": "table.column", "to": "${read.to}"}, …}.`
      : undefined,
  );
}

/**
 * Refuses a parameter that allows values too large for an "integer" column, which has 32 bits on
 * every engine.
 */
function checkRange(reading: Reading, at: string, read: Expression | undefined, expected: ValueType) {
  if (read?.kind !== "parameter" || expected !== "integer") return read;
  const shape = reading.parameters.get(read.name)?.shape;
  if (
    read.type === "bigint" ||
    (shape?.type === "integer" && Math.max(-shape.minimum - 1, shape.maximum) > 2 ** 31 - 1)
  ) {
    return reading.faults.add(
      at,
      `The parameter "${read.name}" may be larger than its column allows.`,
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
  if (expected === "decimal") {
    const decimal = decimalLiteral(value);
    if (decimal !== undefined) return decimal;
  }
  const type = literalType(value, expected);
  if (type === undefined)
    return reading.faults.add(
      at,
      `${describe(value)} can't be used as a value of type ${expected ?? "text"}.`,
    );
  const stored = type === "timestamp" ? instantOf(value as string)! : (value as Literal);
  return { kind: "literal", value: stored, type, nullable: false };
}

/**
 * Reads a decimal literal. Its scale is its number of decimal places. A JSON number loses zeros at
 * the end: the scale of 1.50 is 1, but the scale of "1.50" is 2.
 */
function decimalLiteral(value: unknown): Expression | undefined {
  const text = typeof value === "number" || typeof value === "string" ? String(value) : "";
  const scale = text.split(".")[1]?.length ?? 0;
  return scale > decimalScaleMax || decimalOf(text, scale) === undefined
    ? undefined
    : { kind: "literal", value: text, type: "decimal", scale, nullable: false };
}

function literalType(value: unknown, expected: ValueType | undefined): ValueType | undefined {
  if (typeof value === "boolean")
    return expected === undefined || expected === "boolean" ? "boolean" : undefined;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return undefined;
    if (Number.isSafeInteger(value) && expected !== "float") {
      const natural = Math.abs(value) < 2 ** 31 ? "integer" : "bigint";
      return expected === undefined || fits(expected, "integer") ? natural : undefined;
    }
    return expected === undefined || expected === "float" || expected === "decimal" ? "float" : undefined;
  }
  if (typeof value !== "string" || value.includes("\0") || !value.isWellFormed()) return undefined;
  if (expected === "timestamp") return instantOf(value) === undefined ? undefined : "timestamp";
  if (expected === "date") return isDate(value) ? "date" : undefined;
  return expected === undefined || expected === "text" || expected === "id" ? "text" : undefined;
}

const formatTypes: Readonly<Record<StringFormat, ValueType>> = {
  id: "text",
  uuid: "text",
  "date-time": "timestamp",
  date: "date",
  int64: "bigint",
  decimal: "decimal",
  base64: "bytes",
};

/** Returns undefined for a list or an object, because neither can be bound as one value. */
const parameterType = (shape: ParameterShape): TypeOfValue | undefined => {
  switch (shape.type) {
    case "string":
      return shape.format === "decimal"
        ? { type: "decimal", scale: shape.scale }
        : { type: formatTypes[shape.format ?? "id"] };
    case "integer":
      return { type: shape.maximum > 2 ** 31 - 1 || shape.minimum < -(2 ** 31) ? "bigint" : "integer" };
    case "number":
      return { type: "float" };
    case "boolean":
    case "json":
      return { type: shape.type };
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
      `The parameter "${name}" is optional, so it may have no value here.`,
      `Put "ifGiven": "${name}" on the condition, or give it a default.`,
    );
  }
  const type = parameterType(parameter.shape);
  if (type === undefined) {
    return faults.add(
      here,
      `"${name}" contains a list or an object.`,
      'Use it with "in", or with "each" of an insert.',
    );
  }
  return { kind: "parameter", name, ...type, nullable: parameter.nullable };
};

const readItem: Read = (reading, at, raw, visible) => {
  const { faults, parameters } = reading;
  const name = readObject(faults, at, raw, { required: ["item"] })?.item;
  const shape = visible.each === undefined ? undefined : parameters.get(visible.each)?.shape;
  const items = shape?.type === "array" ? shape.items : undefined;
  if (items?.type !== "object")
    return faults.add(at, '"item" is allowed only in an insert with "each" over a list of objects.');
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
  const type = parameterType(field.shape) ?? { type: "json" };
  const nullable = field.optional || field.nullable;
  if (visible.inserted === undefined) return { kind: "item", field: field.name, ...type, nullable };
  const inserted = visible.inserted.find(({ value }) => value.kind === "item" && value.field === field.name);
  return inserted === undefined
    ? faults.add(
        pointerTo(at, "item"),
        `No column gets the field "${field.name}" unchanged, so it can't be used on conflict.`,
        `Insert it: {"item": "${field.name}"} in "values".`,
      )
    : { kind: "inserted", column: inserted.column, ...columnType(inserted.declared), nullable };
};

const flag =
  (key: string, kind: "now" | "newId" | "caller", type: ValueType): Read =>
  (reading, at, raw, visible) => {
    readObject(reading.faults, at, raw, { required: [key] });
    if (raw[key] !== true) return reading.faults.add(pointerTo(at, key), `Write {"${key}": true}.`);
    if (kind === "caller" && reading.scope !== "user")
      return reading.faults.add(at, "A query of the business has no calling user.");
    if (kind === "newId" && visible.inserted !== undefined && visible.each !== undefined)
      return reading.faults.add(at, "With a list, an update on conflict can't give each row a new id.");
    return { kind, type, nullable: false };
  };

const readStep: Read = (reading, at, raw) => {
  const { faults, steps } = reading;
  const read = readObject(faults, at, raw, { required: ["step", "column"] });
  const step = stepNamed(reading, pointerTo(at, "step"), raw.step);
  if (read === undefined || step === undefined) return undefined;
  const columns = steps.get(step)?.columns;
  if (columns === undefined) return undefined;
  const column = columns.find(({ name }) => name === raw.column);
  if (column === undefined) {
    const known = columns.map(({ name }) => name);
    return faults.add(
      pointerTo(at, "column"),
      `The step "${step}" has no column ${describe(raw.column)}.`,
      suggestionFor(String(raw.column), known),
    );
  }
  const { type, scale } = column.expression;
  if (type === "row" || type === "rows")
    return faults.add(at, "Nested children can't be used in a later step.");
  return { kind: "step", step, column: column.name, type, scale, nullable: true };
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
    return reading.faults.add(at, '"scalar" gives one value, so it needs exactly one column.');
  const { type, scale } = column.expression;
  if (type === "row" || type === "rows")
    return reading.faults.add(at, 'Use "many" or "one" for nested children.');
  const counts = column.expression.kind === "aggregate" && column.expression.name === "count";
  return { kind: "scalar", select, type, scale, nullable: !(counts && select.groupBy.length === 0) };
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
  percentile: percentile("percentile"),
  median: percentile("median"),
  window: readWindow,
  coalesce: readCoalesce,
  concat: readConcat,
  random: readRandom,
  add: arithmetic("add"),
  subtract: arithmetic("subtract"),
  multiply: arithmetic("multiply"),
  divide: readDivide,
  round: readRound,
  truncate: readBucket,
  before: moved("before"),
  after: moved("after"),
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
