// Reads expressions that calculate: aggregates, text, numbers, instants, cases.
import { pointerTo } from "./faults.ts";
import { type JsonObject, readChoice, readList, readObject } from "./json-reader.ts";
import {
  type AggregateName,
  type ArithmeticName,
  type BucketName,
  commonTypeOf,
  type Expression,
  type TypeOfValue,
  type ValueType,
} from "../plan.ts";
import { decimalScaleMax } from "./parameter.ts";
import { fits, type Reading, type Visible } from "./parsing.ts";

export type Read = (
  reading: Reading,
  at: string,
  raw: JsonObject,
  visible: Visible,
  expected: ValueType | undefined,
) => Expression | undefined;

export const aggregate =
  (name: AggregateName): Read =>
  (reading, at, raw, visible) => {
    const { faults } = reading;
    readObject(faults, at, raw, { required: [name], optional: ["where", "distinct"] });
    if (!visible.aggregates) {
      return faults.add(at, `"${name}" is allowed only in "columns", "having" and "orderBy".`);
    }
    const inside: Visible = { ...visible, aggregates: false };
    const here = pointerTo(at, name);
    const all = name === "count" && raw.count === "*";
    const of = all ? undefined : reading.expression(here, raw[name], inside);
    if (!all && of === undefined) return undefined;
    const type = aggregateType(name, of);
    if (type === undefined) return faults.add(here, `"${name}" can't be applied to ${of?.type}.`);
    if (raw.distinct !== undefined && raw.distinct !== true)
      faults.add(pointerTo(at, "distinct"), "Write true, or leave it out.");
    if (raw.distinct === true && all)
      faults.add(at, "count(*) can't be distinct.", 'Count a column: {"count": "t.id", "distinct": true}.');
    if (raw.distinct === true && of?.type === "json") faults.add(here, "JSON can't be compared.");
    const where =
      raw.where === undefined ? undefined : reading.condition(pointerTo(at, "where"), raw.where, inside);
    return {
      kind: "aggregate",
      name,
      of,
      distinct: raw.distinct === true,
      where,
      ...type,
      nullable: name !== "count",
    };
  };

function aggregateType(name: AggregateName, of: Expression | undefined): TypeOfValue | undefined {
  if (name === "count") return { type: "integer" };
  if (
    of === undefined ||
    of.type === "row" ||
    of.type === "rows" ||
    of.type === "json" ||
    of.type === "boolean" ||
    of.type === "bytes"
  )
    return undefined;
  const numeric = fits(of.type, "integer");
  if (name === "average") return numeric ? { type: "float" } : undefined;
  if (name === "sum" && of.type === "integer") return { type: "bigint" };
  return name !== "sum" || numeric ? { type: of.type, scale: of.scale } : undefined;
}

export const textCall =
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

export const readCoalesce: Read = (reading, at, raw, visible, expected) => {
  const { faults } = reading;
  readObject(faults, at, raw, { required: ["coalesce"] });
  const of = readArguments(reading, pointerTo(at, "coalesce"), raw.coalesce, visible, expected);
  if (of === undefined) return undefined;
  const [first] = of;
  if (first === undefined || of.length < 2)
    return faults.add(at, '"coalesce" needs two expressions or more.');
  const odd = of.find((one) => !fits(first.type, one.type) || one.type === "row" || one.type === "rows");
  if (odd !== undefined)
    return faults.add(at, `The values of "coalesce" have different types: ${first.type} and ${odd.type}.`);
  return {
    kind: "call",
    name: "coalesce",
    of,
    ...commonTypeOf(of),
    nullable: of.every(({ nullable }) => nullable),
  };
};

export const arithmetic =
  (name: "add" | "subtract" | "multiply"): Read =>
  (reading, at, raw, visible) => {
    const { faults } = reading;
    readObject(faults, at, raw, { required: [name] });
    const of = readArguments(reading, pointerTo(at, name), raw[name], visible, undefined);
    if (of === undefined) return undefined;
    if (of.length !== 2) return faults.add(at, `"${name}" needs two numbers.`);
    const wrong = of.find(({ type }) => !fits(type, "integer"));
    if (wrong !== undefined) return faults.add(at, `"${name}" needs numbers, not ${wrong.type}.`);
    const nullable = of.some((one) => one.nullable);
    return { kind: "call", name, of, ...resultType(name, of), nullable };
  };

/** A product has the decimals of both, up to the maximum; it is rounded beyond that. */
function resultType(name: ArithmeticName, of: readonly Expression[]): TypeOfValue {
  const common = commonTypeOf(of);
  if (common.type === "integer") return { type: "bigint" };
  if (common.type !== "decimal" || name !== "multiply") return common;
  const decimals = of.reduce((sum, { scale = 0 }) => sum + scale, 0);
  return { type: "decimal", scale: Math.min(decimals, decimalScaleMax) };
}

const buckets: readonly BucketName[] = ["hour", "day", "month", "year"];

export const readBucket: Read = (reading, at, raw, visible) => {
  const { faults } = reading;
  readObject(faults, at, raw, { required: ["truncate", "to"] });
  const to = readChoice(faults, pointerTo(at, "to"), raw.to, buckets);
  const of = reading.expression(pointerTo(at, "truncate"), raw.truncate, visible, "timestamp");
  if (of === undefined || to === undefined) return undefined;
  if (of.type !== "timestamp") return faults.add(at, `"truncate" needs an instant, not ${of.type}.`);
  return { kind: "bucket", to, of, type: "text", nullable: of.nullable };
};

export const readCase: Read = (reading, at, raw, visible, expected) => {
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
  if (odd !== undefined)
    return faults.add(at, `The branches have different types: ${first.type} and ${odd.type}.`);
  if (first.type === "row" || first.type === "rows")
    return faults.add(at, "Nested children can't be the result of a case.");
  return {
    kind: "case",
    branches,
    otherwise,
    ...commonTypeOf(results),
    nullable: otherwise === undefined || results.some(({ nullable }) => nullable),
  };
};
