// Defines short names for the JSON Schemas of the OpenAPI document.
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
/**
 * Returns the schema with null as another allowed value. `schema` must have a single `type` and no
 * `enum`: null would not be in the list of the `enum`, and so not be allowed.
 */
export const orNull = (schema: JsonObject): JsonObject => ({ ...schema, type: [schema.type, "null"] });
export const about = (schema: JsonObject, description: string): JsonObject => ({ ...schema, description });

/** Returns the schema of an object with exactly these properties. Properties in `optional` may be absent. */
export const object = (properties: JsonObject, optional: readonly string[] = []): JsonObject => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

/** Returns the JSON Schema of a request, made from the zod schema that checks the request. */
export function sentAs(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest as JsonObject;
}
