// Reads calculations with numbers: sums, differences, products, quotients and rounding.
import { pointerTo } from "../faults.ts";
import { readInteger, readObject } from "../json-reader.ts";
import { type ArithmeticName, commonTypeOf, type Expression, type TypeOfValue } from "../../plan.ts";
import { decimalScaleMax } from "../parameter.ts";
import { type Read, readArguments } from "./calculation.ts";
import { fits, type Reading, type Visible } from "./parsing.ts";

function readNumbers(reading: Reading, at: string, name: string, raw: unknown, visible: Visible) {
  const { faults } = reading;
  const of = readArguments(reading, pointerTo(at, name), raw, visible, undefined);
  if (of === undefined) return undefined;
  if (of.length !== 2) return faults.add(at, `"${name}" needs two numbers.`);
  const wrong = of.find(({ type }) => !fits(type, "integer"));
  return wrong === undefined ? of : faults.add(at, `"${name}" needs numbers, not ${wrong.type}.`);
}

export const arithmetic =
  (name: ArithmeticName): Read =>
  (reading, at, raw, visible) => {
    readObject(reading.faults, at, raw, { required: [name] });
    const of = readNumbers(reading, at, name, raw[name], visible);
    if (of === undefined) return undefined;
    const nullable = of.some((one) => one.nullable);
    return { kind: "call", name, of, ...resultType(name, of), nullable };
  };

/**
 * Returns the type of the result. Two integers give a bigint. Other numbers give their common type.
 * A product of decimals has as many decimal places as both numbers together (2 and 3 give 5). If these
 * are more than `decimalScaleMax`, the product is rounded.
 */
function resultType(name: ArithmeticName, of: readonly Expression[]): TypeOfValue {
  const common = commonTypeOf(of);
  if (common.type === "integer") return { type: "bigint" };
  if (common.type !== "decimal" || name !== "multiply") return common;
  const decimals = of.reduce((sum, { scale = 0 }) => sum + scale, 0);
  return { type: "decimal", scale: Math.min(decimals, decimalScaleMax) };
}

/**
 * Reads `{"divide": [a, b]}`. The result is a float. With `"to": 2`, the result is a decimal with
 * two decimal places, and neither `a` nor `b` is allowed to be a float. If `b` is 0, the result is
 * null, with and without "to".
 */
export const readDivide: Read = (reading, at, raw, visible) => {
  const { faults } = reading;
  readObject(faults, at, raw, { required: ["divide"], optional: ["to"] });
  const of = readNumbers(reading, at, "divide", raw.divide, visible);
  const digits = raw.to === undefined ? undefined : readDigits(reading, at, raw.to);
  if (of === undefined || (raw.to !== undefined && digits === undefined)) return undefined;
  if (digits === undefined) return { kind: "call", name: "divide", of, type: "float", nullable: true };
  if (of.some(({ type }) => type === "float"))
    return faults.add(
      pointerTo(at, "to"),
      "The quotient of floats can't be an exact decimal.",
      'Leave out "to", or use "round".',
    );
  return { kind: "call", name: "divide", of, type: "decimal", scale: digits, nullable: true };
};

/**
 * Reads `{"round": a, "to": 2}`. Without "to", rounds to a whole number. Rounds half away from
 * zero. The result has the type of the number, so a rounded float is still a float.
 */
export const readRound: Read = (reading, at, raw, visible) => {
  const { faults } = reading;
  readObject(faults, at, raw, { required: ["round"], optional: ["to"] });
  const of = reading.expression(pointerTo(at, "round"), raw.round, visible);
  const digits = raw.to === undefined ? 0 : readDigits(reading, at, raw.to);
  if (of === undefined || digits === undefined) return undefined;
  if (!fits(of.type, "integer")) return faults.add(at, `"round" needs a number, not ${of.type}.`);
  if (of.type !== "float" && of.type !== "decimal") return of;
  const type: TypeOfValue = of.type === "decimal" ? { type: "decimal", scale: digits } : { type: "float" };
  return { kind: "round", of, digits, ...type, nullable: of.nullable };
};

const readDigits = ({ faults }: Reading, at: string, raw: unknown): number | undefined =>
  readInteger(faults, pointerTo(at, "to"), raw, { min: 0, max: decimalScaleMax });
