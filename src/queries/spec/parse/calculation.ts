// Reads aggregates, calculations with texts, `random`, and expressions that choose between values.
import { pointerTo } from "../faults.ts";
import { describe, type JsonObject, readList, readObject } from "../json-reader.ts";
import {
  type AggregateName,
  commonTypeOf,
  type Expression,
  type TypeOfValue,
  type ValueType,
} from "../../plan.ts";
import { fits, type Reading, type Visible } from "./parsing.ts";

/**
 * Reads an expression at the position `at`. If a fault makes the expression unusable, adds the fault to
 * `reading.faults` and returns undefined. `expected` is the type that the context needs, if the type is known.
 */
export type Read = (
  reading: Reading,
  at: string,
  raw: JsonObject,
  visible: Visible,
  expected: ValueType | undefined,
) => Expression | undefined;

/** Reads `count`, `sum`, `average`, `min` and `max`, such as `{"sum": e, "where": condition, "distinct": true}`. */
export const aggregate =
  (name: AggregateName): Read =>
  (reading, at, raw, visible) => {
    const { faults } = reading;
    readObject(faults, at, raw, { required: [name], optional: ["where", "distinct"] });
    if (!visible.aggregates) return refuseAggregate(reading, at, name);
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

const refuseAggregate = ({ faults }: Reading, at: string, name: string): undefined =>
  faults.add(
    at,
    `"${name}" is not allowed here. It is allowed in "columns", "having" and "orderBy".`,
    'A condition on groups is written in "having". A window contains aggregates only in a select with "groupBy".',
  );

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

/**
 * Reads `{"percentile": e, "at": 0.95}` and `{"median": e}`. The result is interpolated between the two nearest
 * values.
 */
export const percentile =
  (name: "percentile" | "median"): Read =>
  (reading, at, raw, visible) => {
    const { faults } = reading;
    const keys = name === "median" ? [name] : [name, "at"];
    readObject(faults, at, raw, { required: keys, optional: ["where"] });
    if (!visible.aggregates) return refuseAggregate(reading, at, name);
    const inside: Visible = { ...visible, aggregates: false };
    const of = reading.expression(pointerTo(at, name), raw[name], inside);
    const share = name === "median" ? 0.5 : raw.at;
    if (typeof share !== "number" || share < 0 || share > 1)
      return faults.add(
        pointerTo(at, "at"),
        `A number from 0 to 1 is needed here, not ${describe(share)}.`,
        "For example 0.95.",
      );
    const where =
      raw.where === undefined ? undefined : reading.condition(pointerTo(at, "where"), raw.where, inside);
    if (of === undefined) return undefined;
    if (!fits(of.type, "integer"))
      return faults.add(pointerTo(at, name), `"${name}" needs numbers, not ${of.type}.`);
    return {
      kind: "aggregate",
      name: "percentile",
      of,
      distinct: false,
      where,
      at: share,
      type: "float",
      nullable: true,
    };
  };

export const readConcat: Read = (reading, at, raw, visible) => {
  const { faults } = reading;
  readObject(faults, at, raw, { required: ["concat"] });
  const of = readArguments(reading, pointerTo(at, "concat"), raw.concat, visible, "text");
  if (of === undefined) return undefined;
  if (of.length < 2) return faults.add(at, '"concat" needs two texts or more.');
  const odd = of.find(({ type }) => !fits(type, "text"));
  if (odd !== undefined) return faults.add(at, `"concat" needs texts, not ${odd.type}.`);
  return { kind: "call", name: "concat", of, type: "text", nullable: of.some(({ nullable }) => nullable) };
};

/**
 * Reads `{"random": id, "seed": seed}`, which is used to shuffle rows. The value of the expression is a text that looks
 * random. The same id and seed always give the same value, so shuffled rows can be returned page by page.
 */
export const readRandom: Read = (reading, at, raw, visible) => {
  const { faults } = reading;
  readObject(faults, at, raw, { required: ["random", "seed"] });
  const of = reading.expression(pointerTo(at, "random"), raw.random, visible, "text");
  const seed = reading.expression(pointerTo(at, "seed"), raw.seed, visible, "text");
  if (of === undefined || seed === undefined) return undefined;
  const odd = [of, seed].find(({ type }) => !fits(type, "text"));
  if (odd !== undefined)
    return faults.add(
      at,
      `"random" needs an id and a seed as text, not ${odd.type}.`,
      'Write {"random": "t.id", "seed": {"param": "seed"}}.',
    );
  const nullable = of.nullable || seed.nullable;
  return { kind: "call", name: "random", of: [of, seed], type: "text", nullable };
};

export const textCall =
  (name: "lower" | "length", type: ValueType): Read =>
  (reading, at, raw, visible) => {
    readObject(reading.faults, at, raw, { required: [name] });
    const of = reading.expression(pointerTo(at, name), raw[name], visible, "text");
    if (of === undefined) return undefined;
    if (!fits(of.type, "text")) return reading.faults.add(at, `"${name}" needs text, not ${of.type}.`);
    return { kind: "call", name, of: [of], type, nullable: of.nullable };
  };

/**
 * Reads a list of expressions. Each expression is read with the type `expected`. If `expected` is undefined, the first
 * expression that can be read determines the type for the following expressions. Returns undefined if an expression
 * can't be read.
 */
export function readArguments(
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

export const readCase: Read = (reading, at, raw, visible, expected) => {
  const { faults } = reading;
  readObject(faults, at, raw, { required: ["case"], optional: ["else"] });
  const list = readList(faults, pointerTo(at, "case"), raw.case, "branches");
  if (list === undefined) return undefined;
  if (list.length === 0) return faults.add(pointerTo(at, "case"), '"case" needs at least one branch.');
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
