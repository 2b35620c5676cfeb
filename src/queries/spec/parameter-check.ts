// Turns a declared parameter into a check. The check is created once and used by every request.
import { counted } from "../../counted.ts";
import type { Fault } from "../../errors.ts";
import { exactSourceOf, isStorableJson, isStorableText, parseExactJson } from "../../exact-json.ts";
import { isObject } from "./json-reader.ts";
import { decimalOf } from "../../ports/database/decimals.ts";
import { idPattern, type Parameter, type ParameterShape, type StringFormat } from "./parameter.ts";

/** Returns the value to bind. If the value is not valid, adds faults; the result must then not be used. */
export type Check = (value: unknown, at: string, faults: Fault[]) => unknown;

/**
 * `fromText` checks a value from a query string, in which every value is a string. `fromJson` checks a value from JSON.
 */
export interface ParameterCheck {
  readonly fromText: Check;
  readonly fromJson: Check;
}

export const checkOf = ({ shape, nullable }: Parameter): ParameterCheck => ({
  fromText: nullCheck(nullable, textCheck(shape)),
  fromJson: nullCheck(nullable, jsonCheck(shape)),
});

/**
 * Adds the rule for null. A nullable parameter accepts null as its value. Every other parameter refuses null. Null
 * never means that the parameter is absent.
 */
const nullCheck =
  (nullable: boolean, check: Check): Check =>
  (value, at, faults) => {
    if (value !== null) return check(value, at, faults);
    return nullable
      ? null
      : refuse(faults, at, "The value can't be null.", "Leave the parameter out, or give it a value.");
  };

/**
 * Checks a value from a query string. An array means that the parameter was sent more than once. Only a parameter that
 * is a list accepts an array. Other values that are not strings come from calls inside the program, and are checked
 * like values from JSON.
 */
function textCheck(shape: ParameterShape): Check {
  const check = jsonCheck(shape);
  switch (shape.type) {
    case "string":
      return notRepeated(check);
    case "integer":
      return notRepeated((value, at, faults) =>
        check(typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value, at, faults),
      );
    case "number":
      return notRepeated((value, at, faults) =>
        check(
          typeof value === "string" && /^-?\d{1,17}(\.\d{1,17})?$/.test(value) ? Number(value) : value,
          at,
          faults,
        ),
      );
    case "boolean":
      return notRepeated((value, at, faults) =>
        check(value === "true" ? true : value === "false" ? false : value, at, faults),
      );
    case "array": {
      const item = textCheck(shape.items);
      return arrayCheck(shape, item, (value) => (Array.isArray(value) ? value : [value]));
    }
    case "json":
    case "object":
      return notRepeated((value, at, faults) => {
        if (typeof value !== "string") return check(value, at, faults);
        const parsed = parseExactJson(value);
        return "fault" in parsed ? refuse(faults, at, parsed.fault) : check(parsed.value, at, faults);
      });
  }
}

const notRepeated =
  (check: Check): Check =>
  (value, at, faults) =>
    Array.isArray(value)
      ? refuse(faults, at, "It is given more than once.", "Send it once.")
      : check(value, at, faults);

function jsonCheck(shape: ParameterShape): Check {
  switch (shape.type) {
    case "string":
      return stringCheck(shape);
    case "integer":
      return numberCheck(shape, "A whole number", wholeNumberOf);
    case "number":
      return numberCheck(shape, "A number", numberOf);
    case "boolean":
      return (value, at, faults) =>
        typeof value === "boolean" ? value : refuse(faults, at, "The value has to be true or false.");
    case "json":
      return jsonTextCheck(shape.maxBytes);
    case "array":
      return arrayCheck(shape, jsonCheck(shape.items), (value) => (Array.isArray(value) ? value : undefined));
    case "object":
      return objectCheck(shape.fields);
  }
}

function stringCheck(shape: Extract<ParameterShape, { type: "string" }>): Check {
  const { minLength, maxLength, pattern, choices } = shape;
  const convert = shape.format === "decimal" ? decimalCheck(shape.scale) : formats[shape.format ?? "text"];
  return (value, at, faults) => {
    if (typeof value !== "string") return refuse(faults, at, "Text is needed.");
    if (choices !== undefined) {
      return choices.includes(value) ? value : refuse(faults, at, `One of ${choices.join(", ")} is needed.`);
    }
    if (value.length > maxLength && charactersOf(value, maxLength) > maxLength) {
      return refuse(faults, at, `It may have at most ${counted(maxLength, "character")}.`);
    }
    if (minLength > 0 && charactersOf(value, minLength) < minLength) {
      return refuse(
        faults,
        at,
        minLength === 1 ? "It is empty." : `It needs at least ${counted(minLength, "character")}.`,
      );
    }
    if (!isStorableText(value))
      return refuse(faults, at, "It contains an invalid character (NUL, or half of a surrogate pair).");
    if (pattern !== undefined && !pattern.test(value)) {
      return refuse(faults, at, "It does not match the pattern.", `The pattern is ${pattern.source}`);
    }
    return convert(value, at, faults);
  };
}

/**
 * Counts code points, like JSON Schema. A code point has at most two UTF-16 units. So if `value.length` is more than
 * twice `enough`, returns this length without counting: the number is then only known to be larger than `enough`.
 */
function charactersOf(value: string, enough: number): number {
  if (value.length > enough * 2) return value.length;
  let count = 0;
  for (const _ of value) count += 1;
  return count;
}

const formats: Readonly<
  Record<"text" | Exclude<StringFormat, "decimal">, (value: string, at: string, faults: Fault[]) => unknown>
> = {
  text: (value) => value,
  id: (value, at, faults) => (idPattern.test(value) ? value : refuse(faults, at, "It is not an id.")),
  uuid: (value, at, faults) =>
    uuidPattern.test(value) ? value.toLowerCase() : refuse(faults, at, "It is not a UUID."),
  "date-time": (value, at, faults) =>
    instantOf(value) ?? refuse(faults, at, "It is not an instant.", "For example 2026-11-22T08:00:00.000Z."),
  date: (value, at, faults) =>
    isDate(value) ? value : refuse(faults, at, "It is not a date.", "For example 2026-11-22."),
  base64: (value, at, faults) =>
    bytesOf(value) ?? refuse(faults, at, "It is not base64.", "For example AAECAw==."),
  int64: (value, at, faults) => integerOf(value) ?? refuse(faults, at, "It is not a 64-bit whole number."),
};

const decimalCheck =
  (scale: number) =>
  (value: string, at: string, faults: Fault[]): unknown =>
    decimalOf(value, scale) ??
    refuse(
      faults,
      at,
      `It is not a decimal with at most ${counted(18 - scale, "digit")} before the point and ${scale} after it.`,
      "For example 12.5.",
    );

/** Whether the string is a day of the calendar in the years 0001 to 9999, such as 2026-11-29. */
export const isDate = (value: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(value) && instantOf(`${value}T00:00:00Z`) !== undefined;

/** Decodes base64. Accepts only the canonical form with padding. */
function bytesOf(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Buffer.from(text, "base64"));
  return Buffer.from(bytes).toString("base64") === text ? bytes : undefined;
}

const uuidPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;

/**
 * Returns RFC 3339 in UTC with milliseconds, which is the form in which instants are stored. Returns undefined if the
 * value is not RFC 3339, or is not in the years 0001 to 9999.
 */
export function instantOf(value: string): string | undefined {
  if (!instantPattern.test(value)) return undefined;
  const date = new Date(value);
  const year = date.getUTCFullYear();
  const daysFit =
    Number(value.slice(8, 10)) <=
    new Date(Date.UTC(Number(value.slice(0, 4)), Number(value.slice(5, 7)), 0)).getUTCDate();
  return Number.isNaN(year) || year < 1 || year > 9999 || !daysFit ? undefined : date.toISOString();
}

function integerOf(value: string): number | bigint | undefined {
  if (!/^-?\d{1,19}$/.test(value)) return undefined;
  const exact = BigInt(value);
  if (BigInt.asIntN(64, exact) !== exact) return undefined;
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

function numberCheck(
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
  what: string,
  read: (value: unknown) => number | undefined,
): Check {
  return (value, at, faults) => {
    const number = read(value);
    if (number === undefined) return refuse(faults, at, `${what} is needed.`);
    if (number < minimum || number > maximum)
      return refuse(faults, at, `${what} from ${minimum} to ${maximum} is needed.`);
    return number === 0 ? 0 : number;
  };
}

function numberOf(value: unknown): number | undefined {
  const number = Number(exactSourceOf(value) ?? Number.NaN);
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return Number.isFinite(number) ? number : undefined;
}

/**
 * Accepts 1.0 and 1e2, which are whole numbers. Refuses 1.0000000000000000001. As a double, this number would be 1, so
 * its digits are checked in the text of the request.
 */
function wholeNumberOf(value: unknown): number | undefined {
  const number = numberOf(value);
  if (number === undefined || !Number.isSafeInteger(number)) return undefined;
  const source = exactSourceOf(value);
  if (source === undefined) return number;
  const [, whole = "", fraction = "", exponent = "0"] = decimal.exec(source)!;
  const written = `${whole}${fraction}`;
  let digits = written.length;
  while (digits > 0 && written[digits - 1] === "0") digits -= 1;
  return digits === 0 || digits <= whole.length + Number(exponent) ? number : undefined;
}

const decimal = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

function jsonTextCheck(maxBytes: number): Check {
  return (value, at, faults) => {
    const text = JSON.stringify(value);
    if (Buffer.byteLength(text) > maxBytes)
      return refuse(faults, at, `It may have at most ${maxBytes} bytes of JSON.`);
    if (!isStorableJson(text))
      return refuse(faults, at, "It contains an invalid character (NUL, or half of a surrogate pair).");
    return text;
  };
}

function arrayCheck(
  { minItems, maxItems }: Extract<ParameterShape, { type: "array" }>,
  item: Check,
  listOf: (value: unknown) => readonly unknown[] | undefined,
): Check {
  return (value, at, faults) => {
    const list = listOf(value);
    if (list === undefined) return refuse(faults, at, "A list is needed.");
    if (list.length > maxItems)
      return refuse(faults, at, `It may have at most ${counted(maxItems, "item")}.`);
    if (list.length < minItems) return refuse(faults, at, `It needs at least ${counted(minItems, "item")}.`);
    return list.map((each, index) => item(each, `${at}/${index}`, faults));
  };
}

function objectCheck(fields: readonly Parameter[]): Check {
  const checks = new Map(fields.map((field) => [field.name, { field, check: checkOf(field).fromJson }]));
  return (value, at, faults) => {
    if (!isObject(value)) return refuse(faults, at, "An object is needed.");
    for (const name of Object.keys(value)) {
      if (!checks.has(name)) refuse(faults, `${at}/${name.slice(0, 100)}`, "There is no such field.");
    }
    const read: Record<string, unknown> = {};
    for (const [name, { field, check }] of checks) {
      const given = Object.hasOwn(value, name);
      if (given) read[name] = check(value[name], `${at}/${name}`, faults);
      else if (field.default !== undefined) read[name] = field.default;
      else if (!field.optional) refuse(faults, `${at}/${name}`, "It is missing.");
    }
    return read;
  };
}

function refuse(faults: Fault[], at: string, message: string, hint?: string): undefined {
  faults.push(hint === undefined ? { at, message } : { at, message, hint });
  return undefined;
}
