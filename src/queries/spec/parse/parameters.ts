// Reads the parameters that a spec declares.
import { type FaultList, pointerTo } from "../faults.ts";
import { describe, isObject, type JsonObject, readInteger, readObject } from "../json-reader.ts";
import { type Pattern, readPattern } from "../pattern.ts";
import { decimalScaleMax, type Parameter, type ParameterShape, type StringFormat } from "../parameter.ts";
import { checkOf } from "../parameter-check.ts";

const stringLengthMax = 100_000;
const stringLengthDefault = 1_000;
const itemsMax = 1_000;
const integerMax = 2 ** 31 - 1;
const formats: readonly StringFormat[] = ["id", "uuid", "date-time", "date", "int64", "decimal", "base64"];
/**
 * The maximum number of characters of a text with a format, if the spec declares no `maxLength`.
 * For a format that is not listed here, this maximum is 128.
 */
const formatLengths: Readonly<Partial<Record<StringFormat, number>>> = { base64: 10_000 };

/** Adds faults to `faults`. The result must not be used if there is a fault. */
export function readParameters(faults: FaultList, at: string, raw: unknown): readonly Parameter[] {
  if (raw === undefined) return [];
  if (!isObject(raw)) {
    faults.add(at, `An object of parameters is needed here, not ${describe(raw)}.`);
    return [];
  }
  return Object.entries(raw).flatMap(([name, declaration]) => {
    const here = pointerTo(at, name);
    if (!/^[a-z][A-Za-z0-9]{0,39}$/.test(name)) {
      faults.add(
        here,
        `"${name}" is not a valid name for a parameter.`,
        "Use camelCase with at most 40 letters and digits.",
      );
    }
    const parameter = readParameter(faults, here, name, declaration);
    return parameter === undefined ? [] : [parameter];
  });
}

const shared = ["type", "description", "optional", "nullable", "default"];

function readParameter(faults: FaultList, at: string, name: string, raw: unknown): Parameter | undefined {
  const shape = readShape(faults, at, raw, shared);
  if (shape === undefined || !isObject(raw)) return undefined;
  const { optional = false, nullable = false, default: standard, description } = raw;
  if (typeof optional !== "boolean")
    faults.add(pointerTo(at, "optional"), "The value has to be true or false.");
  if (typeof nullable !== "boolean")
    faults.add(pointerTo(at, "nullable"), "The value has to be true or false.");
  if (nullable === true && (shape.type === "array" || shape.type === "object")) {
    faults.add(
      pointerTo(at, "nullable"),
      "A list can't be null.",
      "Let the list be empty, or make it optional.",
    );
  }
  if (optional === true && standard !== undefined) {
    faults.add(
      pointerTo(at, "optional"),
      "A parameter with a default always has a value.",
      'Leave out "optional".',
    );
  }
  const parameter: Parameter = {
    name,
    description: typeof description === "string" ? description : undefined,
    shape,
    optional: optional === true,
    nullable: nullable === true,
    default: undefined,
  };
  if (standard === undefined) return parameter;
  const found: { at: string; message: string }[] = [];
  const checked = checkOf(parameter).fromJson(standard, pointerTo(at, "default"), found);
  for (const fault of found) faults.add(fault.at, `The default is not valid: ${fault.message}`);
  return { ...parameter, default: checked };
}

function readShape(
  faults: FaultList,
  at: string,
  raw: unknown,
  also: readonly string[],
): ParameterShape | undefined {
  const type = isObject(raw) ? raw.type : undefined;
  const read =
    typeof type === "string" && Object.hasOwn(shapes, type) ? shapes[type as keyof typeof shapes] : undefined;
  if (read === undefined || !isObject(raw)) {
    return faults.add(
      pointerTo(at, "type"),
      `A parameter's type can't be ${describe(type)}.`,
      Array.isArray(type)
        ? 'To allow null, write one type and "nullable": true.'
        : `The types are ${Object.keys(shapes).join(", ")}.`,
    );
  }
  return read(faults, at, raw, [...new Set(["type", "description", ...also])]);
}

/** Reads a declaration. `also` are the keys that the declaration can have besides the keys of its type. */
type ReadShape = (
  faults: FaultList,
  at: string,
  raw: JsonObject,
  also: readonly string[],
) => ParameterShape | undefined;

function readBounded(
  faults: FaultList,
  at: string,
  raw: JsonObject,
  key: string,
  standard: number,
  min: number,
  max: number,
) {
  if (raw[key] === undefined) return standard;
  return readInteger(faults, pointerTo(at, key), raw[key], { min, max }) ?? standard;
}

/** Adds a fault if the lower bound is greater than the upper bound. Each bound is a pair of its key and its value. */
function refuseEmptyRange(
  faults: FaultList,
  at: string,
  [low, min]: readonly [string, number],
  [high, max]: readonly [string, number],
): void {
  if (min > max) faults.add(pointerTo(at, high), `"${high}" is ${max}, which is less than "${low}".`);
}

const readString: ReadShape = (faults, at, raw, also) => {
  readObject(faults, at, raw, {
    optional: [...also, "format", "minLength", "maxLength", "pattern", "enum", "scale"],
  });
  const { format, pattern, enum: choices } = raw;
  if (format !== undefined && !formats.includes(format as StringFormat)) {
    faults.add(
      pointerTo(at, "format"),
      `There is no format ${describe(format)}.`,
      `The formats are ${formats.join(", ")}.`,
    );
  }
  if (
    choices !== undefined &&
    !(Array.isArray(choices) && choices.length > 0 && choices.every((one) => typeof one === "string"))
  ) {
    faults.add(pointerTo(at, "enum"), "A list of texts is needed here.");
  }
  const lengthDefault =
    format === undefined ? stringLengthDefault : (formatLengths[format as StringFormat] ?? 128);
  const minLength = readBounded(faults, at, raw, "minLength", 0, 0, stringLengthMax);
  const maxLength = readBounded(faults, at, raw, "maxLength", lengthDefault, 1, stringLengthMax);
  refuseEmptyRange(faults, at, ["minLength", minLength], ["maxLength", maxLength]);
  return {
    type: "string",
    format: format as StringFormat | undefined,
    minLength,
    maxLength,
    pattern: pattern === undefined ? undefined : patternAt(faults, pointerTo(at, "pattern"), pattern),
    choices: choices as readonly string[] | undefined,
    scale: readScale(faults, at, raw),
  };
};

function readScale(faults: FaultList, at: string, raw: JsonObject): number {
  if (raw.format === "decimal") return readBounded(faults, at, raw, "scale", 2, 0, decimalScaleMax);
  if (raw.scale !== undefined)
    faults.add(pointerTo(at, "scale"), '"scale" is allowed only with "format": "decimal".');
  return 0;
}

function patternAt(faults: FaultList, at: string, raw: unknown): Pattern | undefined {
  if (typeof raw !== "string") return faults.add(at, "It is not a regular expression.");
  const pattern = readPattern(raw);
  return typeof pattern === "string" ? faults.add(at, pattern) : pattern;
}

const readNumber =
  (type: "integer" | "number"): ReadShape =>
  (faults, at, raw, also) => {
    readObject(faults, at, raw, { optional: [...also, "minimum", "maximum"] });
    const limit = type === "integer" ? integerMax : Number.MAX_SAFE_INTEGER;
    const bound = (key: string, standard: number) => {
      const value = raw[key];
      if (value === undefined) return standard;
      if (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
      faults.add(pointerTo(at, key), `A number is needed here, not ${describe(value)}.`);
      return standard;
    };
    const minimum = bound("minimum", type === "integer" ? -limit - 1 : -limit);
    const maximum = bound("maximum", limit);
    refuseEmptyRange(faults, at, ["minimum", minimum], ["maximum", maximum]);
    return { type, minimum, maximum };
  };

const readArray: ReadShape = (faults, at, raw, also) => {
  readObject(faults, at, raw, { required: ["items"], optional: [...also, "minItems", "maxItems"] });
  const items = readShape(faults, pointerTo(at, "items"), raw.items, []);
  if (items?.type === "array") return faults.add(pointerTo(at, "items"), "A list of lists is not supported.");
  const minItems = readBounded(faults, at, raw, "minItems", 1, 0, itemsMax);
  const maxItems = readBounded(faults, at, raw, "maxItems", 100, 1, itemsMax);
  refuseEmptyRange(faults, at, ["minItems", minItems], ["maxItems", maxItems]);
  return items === undefined ? undefined : { type: "array", items, minItems, maxItems };
};

const readFields: ReadShape = (faults, at, raw, also) => {
  readObject(faults, at, raw, { required: ["properties"], optional: also });
  const fields = readParameters(faults, pointerTo(at, "properties"), raw.properties);
  for (const { name, shape } of fields) {
    if (shape.type === "array" || shape.type === "object") {
      faults.add(
        pointerTo(pointerTo(at, "properties"), name),
        "A field of an item is a single value.",
        'Use "json" to store structured data.',
      );
    }
  }
  return { type: "object", fields };
};

const shapes: Readonly<Record<ParameterShape["type"], ReadShape>> = {
  string: readString,
  integer: readNumber("integer"),
  number: readNumber("number"),
  boolean(faults, at, raw, also) {
    readObject(faults, at, raw, { optional: also });
    return { type: "boolean" };
  },
  json(faults, at, raw, also) {
    readObject(faults, at, raw, { optional: [...also, "maxBytes"] });
    return { type: "json", maxBytes: readBounded(faults, at, raw, "maxBytes", 10_000, 1, 1_000_000) };
  },
  array: readArray,
  object: readFields,
};
