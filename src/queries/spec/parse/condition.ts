// Reads a condition of a query. A simple condition is a comparison, a list, a range, a text search, a null test or an
// "exists". The words "and", "or" and "not" combine conditions. The functions of this file
// add each fault to `reading.faults`, and return undefined if they can't read the condition.
import { pointerTo, suggestionFor } from "../faults.ts";
import { describe, isObject, type JsonObject, readList, readObject } from "../json-reader.ts";
import type { ComparisonName, Condition, Expression, TextTestName, ValueType } from "../../plan.ts";
import { parameterType, readOperand } from "./expression.ts";
import { fits, ownerOf, type Reading, type Visible } from "./parsing.ts";

type Test = (
  reading: Reading,
  at: string,
  raw: unknown,
  left: Expression,
  visible: Visible,
) => Condition | undefined;

/** Reads a condition. A list of conditions means "and". */
export function readCondition(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
): Condition | undefined {
  const { faults } = reading;
  if (Array.isArray(raw)) return readAll(reading, at, raw, "and", visible);
  if (!isObject(raw)) {
    return faults.add(
      at,
      `A condition is needed here, not ${describe(raw)}.`,
      'For example {"column": "t.id", "equals": {"param": "id"}}.',
    );
  }
  if (raw.ifGiven !== undefined) return readIfGiven(reading, at, raw, visible);
  if (raw.and !== undefined || raw.or !== undefined) {
    const key = raw.and === undefined ? "or" : "and";
    readObject(faults, at, raw, { required: [key] });
    return readAll(reading, pointerTo(at, key), raw[key], key, visible);
  }
  if (raw.not !== undefined) {
    readObject(faults, at, raw, { required: ["not"] });
    const of = readCondition(reading, pointerTo(at, "not"), raw.not, visible);
    return of === undefined ? undefined : { kind: "not", of };
  }
  if (raw.exists !== undefined) {
    readObject(faults, at, raw, { required: ["exists"] });
    const select = reading.nestedSelect(pointerTo(at, "exists"), raw.exists, visible, undefined);
    return select === undefined ? undefined : { kind: "exists", select };
  }
  if (raw.search !== undefined) return readSearch(reading, at, raw, visible);
  return readTest(reading, at, raw, visible);
}

/**
 * Reads `{"search": {"param": "text"}, "in": "t"}`. Each word of the text must be a word, or the beginning of a word,
 * in the indexed texts of the row.
 */
function readSearch(reading: Reading, at: string, raw: JsonObject, visible: Visible): Condition | undefined {
  const { faults, schema } = reading;
  readObject(faults, at, raw, { required: ["search"], optional: ["in"] });
  const tables = visible.levels[0] ?? [];
  const table = tables.find(({ reference }) => tables.length === 1 || reference.alias === raw.in)?.reference;
  if (table === undefined || (raw.in !== undefined && raw.in !== table.alias)) {
    return faults.add(
      pointerTo(at, "in"),
      `"in" has to name the table whose texts are searched.`,
      `The tables here are ${tables.map(({ reference }) => reference.alias).join(", ")}.`,
    );
  }
  const columns = schema[table.table]?.search;
  const owner = ownerOf(schema, table.table);
  if (columns === undefined || owner === undefined) {
    const known = Object.keys(schema).filter((name) => schema[name]?.search !== undefined);
    return faults.add(
      at,
      `The table ${table.table} has no index for a search.`,
      known.length === 0
        ? 'Use "contains".'
        : `Only these tables have such an index: ${known.join(", ")}. For other tables, use "contains".`,
    );
  }
  const text = readCompared(reading, pointerTo(at, "search"), raw.search, visible, "text");
  if (text === undefined) return undefined;
  if (text.kind === "parameter")
    return { kind: "search", table, owner, columns, text: { parameter: text.name } };
  if (text.kind === "literal")
    return { kind: "search", table, owner, columns, text: { value: String(text.value) } };
  return faults.add(pointerTo(at, "search"), "A search needs a parameter or a fixed text.");
}

/** Returns whether the condition or a part of it has "ifGiven". Does not look into the query of an "exists". */
export function usesIfGiven(condition: Condition): boolean {
  if (condition.kind === "and" || condition.kind === "or") return condition.of.some(usesIfGiven);
  return condition.kind === "ifGiven" || (condition.kind === "not" && usesIfGiven(condition.of));
}

/**
 * If a request gives no value for the parameter of an "ifGiven", this "ifGiven" is left out of the query. Returns
 * whether the whole condition is left out if the request gives none of these values.
 */
function mayVanish(condition: Condition): boolean {
  if (condition.kind === "and" || condition.kind === "or") return condition.of.every(mayVanish);
  return condition.kind === "ifGiven" || (condition.kind === "not" && mayVanish(condition.of));
}

function readAll(
  reading: Reading,
  at: string,
  raw: unknown,
  kind: "and" | "or",
  visible: Visible,
): Condition | undefined {
  const list = readList(reading.faults, at, raw, "conditions");
  if (list === undefined) return undefined;
  if (kind === "or" && list.length === 0) return reading.faults.add(at, 'An empty "or" is never true.');
  const of = list.map((one, index) => readCondition(reading, pointerTo(at, index), one, visible));
  if (!of.every((one) => one !== undefined)) return undefined;
  if (kind === "or" && of.some(mayVanish)) {
    return reading.faults.add(
      at,
      'A condition inside an "or" must not have "ifGiven".',
      'Put "ifGiven" on the whole "or".',
    );
  }
  return { kind, of };
}

/**
 * Reads a condition that applies only if the request gives a value for each parameter that
 * "ifGiven" names.
 */
function readIfGiven(reading: Reading, at: string, raw: JsonObject, visible: Visible): Condition | undefined {
  const { faults, parameters, usedParameters } = reading;
  const { ifGiven, ...rest } = raw;
  const names = Array.isArray(ifGiven) ? ifGiven : [ifGiven];
  for (const name of names) {
    const parameter = typeof name === "string" ? parameters.get(name) : undefined;
    if (parameter === undefined) {
      faults.add(
        pointerTo(at, "ifGiven"),
        `The parameter ${describe(name)} is not declared.`,
        suggestionFor(String(name), [...parameters.keys()]),
      );
    } else if (!parameter.optional) {
      faults.add(
        pointerTo(at, "ifGiven"),
        `"${parameter.name}" always has a value.`,
        `Declare it with "optional": true, or leave out "ifGiven".`,
      );
    } else usedParameters.add(parameter.name);
  }
  const inner = Object.keys(rest).length === 1 && Array.isArray(rest.and) ? rest.and : rest;
  const of = readCondition(reading, at, inner, {
    ...visible,
    given: new Set([...visible.given, ...names.map(String)]),
  });
  return of === undefined ? undefined : { kind: "ifGiven", parameters: names.map(String), of };
}

function readTest(reading: Reading, at: string, raw: JsonObject, visible: Visible): Condition | undefined {
  const { faults } = reading;
  const subject = raw.column === undefined ? "expression" : "column";
  const left =
    raw[subject] === undefined
      ? undefined
      : reading.expression(pointerTo(at, subject), raw[subject], visible);
  const names = Object.keys(raw).filter((key) => key !== subject);
  const [name] = names;
  if (raw[subject] === undefined) {
    return faults.add(
      at,
      "The condition does not name what it compares.",
      'It needs "column" or "expression".',
    );
  }
  if (name === undefined || names.length > 1 || !Object.hasOwn(tests, name)) {
    const wrong = names.find((one) => !Object.hasOwn(tests, one)) ?? name ?? "";
    return faults.add(
      at,
      names.length > 1
        ? "A condition has exactly one comparison."
        : `There is no comparison ${describe(wrong)}.`,
      suggestionFor(wrong, Object.keys(tests)),
    );
  }
  if (left === undefined) return undefined;
  if (left.type === "row" || left.type === "rows")
    return faults.add(at, "Nested children can't be compared.");
  return tests[name as keyof typeof tests](reading, pointerTo(at, name), raw[name], left, visible);
}

function readCompared(
  reading: Reading,
  at: string,
  raw: unknown,
  visible: Visible,
  expected: ValueType,
): Expression | undefined {
  const right = readOperand(reading, at, raw, visible, expected);
  if (right === undefined || right.kind !== "parameter" || !right.nullable) return right;
  return reading.faults.add(
    at,
    `"${right.name}" may be null, and nothing equals null.`,
    'Leave out "nullable", or use "isNull".',
  );
}

const comparison =
  (name: ComparisonName): Test =>
  (reading, at, raw, left, visible) => {
    if (left.type === "json") return reading.faults.add(at, "JSON can't be compared.");
    if (raw === null || (isObject(raw) && raw.value === null)) {
      return reading.faults.add(at, "Nothing equals null.", 'Use "isNull": true or false.');
    }
    const right = readCompared(reading, at, raw, visible, left.type);
    if (right === undefined) return undefined;
    if (left.type === "boolean" && name !== "equals" && name !== "notEquals") {
      return reading.faults.add(at, "true and false have no order.");
    }
    return { kind: "compare", name, left, right };
  };

const membership =
  (negated: boolean): Test =>
  (reading, at, raw, left, visible) => {
    const { faults, parameters, usedParameters } = reading;
    if (left.type === "json" || left.type === "row" || left.type === "rows") {
      return faults.add(at, `A list can't contain ${left.type}.`);
    }
    if (Array.isArray(raw)) {
      const values = raw.map((one, index) =>
        readCompared(
          reading,
          pointerTo(at, index),
          typeof one === "string" ? { value: one } : one,
          visible,
          left.type,
        ),
      );
      if (values.length === 0) return faults.add(at, "The list is empty.");
      return values.every((one) => one !== undefined)
        ? { kind: "in", left, negated, list: { values } }
        : undefined;
    }
    const name = isObject(raw) ? readObject(faults, at, raw, { required: ["param"] })?.param : undefined;
    const parameter = typeof name === "string" ? parameters.get(name) : undefined;
    if (parameter === undefined) {
      return faults.add(
        at,
        'A list of values or {"param": "…"} is needed here.',
        suggestionFor(String(name), [...parameters.keys()]),
      );
    }
    usedParameters.add(parameter.name);
    if (parameter.shape.type !== "array") {
      return faults.add(
        at,
        `"${parameter.name}" is not a list.`,
        'Declare it as {"type": "array", "items": …}, or use "equals".',
      );
    }
    if (parameter.optional && !visible.given.has(parameter.name)) {
      return faults.add(
        at,
        `The parameter "${parameter.name}" is optional, so it may have no value here.`,
        `Put "ifGiven": "${parameter.name}" on the condition.`,
      );
    }
    const item = parameterType(parameter.shape.items);
    if (item === undefined || !fits(item.type, left.type))
      return faults.add(at, `The list contains ${item?.type ?? "objects"}, but ${left.type} is needed.`);
    return { kind: "in", left, negated, list: { parameter: parameter.name, item } };
  };

const readBetween: Test = (reading, at, raw, left, visible) => {
  if (!Array.isArray(raw) || raw.length !== 2)
    return reading.faults.add(at, "A list of two values is needed here: the minimum and the maximum.");
  const from = comparison("atLeast")(reading, pointerTo(at, 0), raw[0], left, visible);
  const to = comparison("atMost")(reading, pointerTo(at, 1), raw[1], left, visible);
  return from === undefined || to === undefined ? undefined : { kind: "and", of: [from, to] };
};

const textTest =
  (name: TextTestName): Test =>
  (reading, at, raw, left, visible) => {
    if (!fits(left.type, "text")) return reading.faults.add(at, `"${name}" searches text, not ${left.type}.`);
    const right = readCompared(reading, at, raw, visible, "text");
    return right === undefined ? undefined : { kind: "text", name, left, right };
  };

const readIsNull: Test = (reading, at, raw, left) =>
  typeof raw === "boolean"
    ? { kind: "null", left, isNull: raw }
    : reading.faults.add(at, "The value has to be true or false.");

const tests = {
  equals: comparison("equals"),
  notEquals: comparison("notEquals"),
  lessThan: comparison("lessThan"),
  atMost: comparison("atMost"),
  moreThan: comparison("moreThan"),
  atLeast: comparison("atLeast"),
  in: membership(false),
  notIn: membership(true),
  between: readBetween,
  contains: textTest("contains"),
  startsWith: textTest("startsWith"),
  endsWith: textTest("endsWith"),
  isNull: readIsNull,
} as const satisfies Record<string, Test>;
