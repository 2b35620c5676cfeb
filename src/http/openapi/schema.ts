// How the document's JSON Schemas are written: short names for what they are made of.
import { z } from "zod";
import type { JsonObject } from "../../queries/spec/json-reader.ts";

export const text: JsonObject = { type: "string" };
export const whole: JsonObject = { type: "integer" };
export const id: JsonObject = { type: "string" };
export const instant: JsonObject = { type: "string", format: "date-time" };
export const url: JsonObject = { type: "string", format: "uri-reference" };
export const bytes: JsonObject = { type: "string", format: "binary" };

export const oneOf = (...values: readonly string[]): JsonObject => ({ type: "string", enum: values });
export const listOf = (items: JsonObject): JsonObject => ({ type: "array", items });
export const orNull = (schema: JsonObject): JsonObject => ({ ...schema, type: [schema.type, "null"] });
export const about = (schema: JsonObject, description: string): JsonObject => ({ ...schema, description });

/** Of exactly these properties; those named in `optional` may be left out. */
export const object = (properties: JsonObject, optional: readonly string[] = []): JsonObject => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

/** What a request has to be, from the very schema that it is checked against. */
export function sentAs(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest as JsonObject;
}
