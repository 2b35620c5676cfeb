// Defines a parameter of a query: the values that it allows, and their JSON Schema.
import { decimalText } from "../../ports/database/decimals.ts";
import type { JsonObject } from "./json-reader.ts";
import type { Pattern } from "./pattern.ts";

export type StringFormat = "id" | "uuid" | "date-time" | "date" | "int64" | "decimal" | "base64";

/** The maximum number of decimal places of a decimal. */
export const decimalScaleMax = 9;

export type ParameterShape =
  | {
      readonly type: "string";
      readonly format: StringFormat | undefined;
      readonly minLength: number;
      readonly maxLength: number;
      readonly pattern: Pattern | undefined;
      readonly choices: readonly string[] | undefined;
      /** The number of decimal places of a decimal; 0 for other formats. */
      readonly scale: number;
    }
  | { readonly type: "integer"; readonly minimum: number; readonly maximum: number }
  | { readonly type: "number"; readonly minimum: number; readonly maximum: number }
  | { readonly type: "boolean" }
  | { readonly type: "json"; readonly maxBytes: number }
  | {
      readonly type: "array";
      readonly items: ParameterShape;
      readonly minItems: number;
      readonly maxItems: number;
    }
  | {
      readonly type: "object";
      readonly fields: readonly Parameter[];
    };

export interface Parameter {
  readonly name: string;
  readonly description: string | undefined;
  readonly shape: ParameterShape;
  /**
   * Whether the parameter has no value if a call leaves it out. False for a parameter with a default: a call can leave
   * it out, too, but then it has the default.
   */
  readonly optional: boolean;
  /**
   * Whether null is allowed as a value. If false, null is refused. A parameter that is null is never treated as absent.
   */
  readonly nullable: boolean;
  /** undefined: the parameter has no default. */
  readonly default: unknown;
}

/** Returns the JSON Schema 2020-12 of the values that a client can send. */
function jsonSchemaOf(shape: ParameterShape): JsonObject {
  switch (shape.type) {
    case "string":
      return {
        type: "string",
        ...(shape.choices === undefined ? {} : { enum: shape.choices }),
        ...(shape.format === undefined || shape.choices !== undefined
          ? {}
          : formatSchema(shape.format, shape.scale)),
        ...(shape.minLength > 0 ? { minLength: shape.minLength } : {}),
        ...(shape.choices === undefined ? { maxLength: shape.maxLength } : {}),
        ...(shape.pattern === undefined ? {} : { pattern: shape.pattern.source }),
      };
    case "integer":
    case "number":
      return { type: shape.type, minimum: shape.minimum, maximum: shape.maximum };
    case "boolean":
      return { type: "boolean" };
    case "json":
      return { description: `Any JSON of at most ${shape.maxBytes} bytes.` };
    case "array":
      return {
        type: "array",
        items: jsonSchemaOf(shape.items),
        minItems: shape.minItems,
        maxItems: shape.maxItems,
      };
    case "object":
      return objectSchemaOf(shape.fields);
  }
}

function formatSchema(format: StringFormat, scale: number): JsonObject {
  switch (format) {
    case "id":
      return { pattern: idPattern.source };
    case "int64":
      return { pattern: "^-?\\d{1,19}$" };
    case "decimal":
      return { pattern: `^-?\\d{1,18}${scale === 0 ? "" : `(\\.\\d{1,${scale}})?`}$` };
    case "base64":
      return { contentEncoding: "base64" };
    default:
      return { format };
  }
}

export const idPattern = /^[\w.:@-]{1,128}$/;

export function objectSchemaOf(parameters: readonly Parameter[]): JsonObject {
  const required = parameters.filter(({ optional, default: value }) => !optional && value === undefined);
  return {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(
      parameters.map((parameter) => [parameter.name, parameterSchemaOf(parameter)]),
    ),
    ...(required.length > 0 ? { required: required.map(({ name }) => name) } : {}),
  };
}

export const parameterSchemaOf = ({
  shape,
  nullable,
  description,
  default: value,
}: Parameter): JsonObject => ({
  ...(nullable ? orNull(jsonSchemaOf(shape)) : jsonSchemaOf(shape)),
  ...(description === undefined ? {} : { description }),
  ...(value === undefined ? {} : { default: shownDefault(shape, value) }),
});

/** Returns the default in the form in which a client would send it. */
function shownDefault(shape: ParameterShape, value: unknown): unknown {
  if (shape.type !== "string" || value === null) return value;
  if (shape.format === "decimal") return decimalText(String(value), shape.scale);
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

/** Returns a schema that also allows null. A schema without `type` is for any JSON, and already allows null. */
const orNull = (schema: JsonObject): JsonObject => ({
  ...schema,
  ...(schema.type === undefined ? {} : { type: [schema.type, "null"] }),
  ...(Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}),
});
