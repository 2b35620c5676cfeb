// A parameter of a query: its allowed values, its check, and its JSON Schema.
import type { JsonObject } from "./json-reader.ts";
import type { Pattern } from "./pattern.ts";

export type StringFormat = "id" | "uuid" | "date-time" | "int64";

export type ParameterShape =
  | {
      readonly type: "string";
      readonly format: StringFormat | undefined;
      readonly minLength: number;
      readonly maxLength: number;
      readonly pattern: Pattern | undefined;
      readonly choices: readonly string[] | undefined;
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
  /** Whether the parameter may be left out, and then has no value. */
  readonly optional: boolean;
  /** Whether null is a value, which is stored as null. Otherwise null is refused: it never means "left out". */
  readonly nullable: boolean;
  readonly default: unknown;
}

/** What a client has to send, as JSON Schema 2020-12. */
function jsonSchemaOf(shape: ParameterShape): JsonObject {
  switch (shape.type) {
    case "string":
      return {
        type: "string",
        ...(shape.choices === undefined ? {} : { enum: shape.choices }),
        ...(shape.format === undefined || shape.choices !== undefined ? {} : formatSchema(shape.format)),
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

const formatSchema = (format: StringFormat): JsonObject =>
  format === "id"
    ? { pattern: idPattern.source }
    : format === "int64"
      ? { pattern: "^-?\\d{1,19}$" }
      : { format };

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
  ...(value === undefined ? {} : { default: value }),
});

/** A schema for any JSON allows null already. */
const orNull = (schema: JsonObject): JsonObject => ({
  ...schema,
  ...(schema.type === undefined ? {} : { type: [schema.type, "null"] }),
  ...(Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}),
});
