// Writes a JSON Schema as HTML for readers of the documentation: as a type with one property per
// line. The meaning of each property is beside the property. The names of other schemas are links
// to these schemas.
import { isObject, type JsonObject } from "../../queries/spec/json-reader.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
export const htmlOf = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => entities[letter]!);

export const schemaAnchor = (name: string): string => `schema-${name.toLowerCase()}`;

/** Returns the type as escaped HTML. `indent` is the indentation of the line in which the type begins. */
export function schemaHtml(schema: unknown, indent = ""): string {
  if (!isObject(schema)) return "any";
  const { $ref, const: only, enum: choices, oneOf, anyOf, type, items } = schema;
  if (typeof $ref === "string") {
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    return `<a href="#${schemaAnchor(name)}">${htmlOf(name)}</a>`;
  }
  if (only !== undefined) return htmlOf(JSON.stringify(only));
  if (Array.isArray(choices))
    return choices.map((one) => htmlOf(JSON.stringify(one))).join(" | ") + nullOf(type);
  const either = oneOf ?? anyOf;
  if (Array.isArray(either)) return either.map((one) => schemaHtml(one, indent)).join(`\n${indent}| `);
  if (isObject(schema.properties)) return propertiesHtml(schema, indent) + nullOf(type);
  if (items !== undefined) return `${listed(schemaHtml(items, indent))}${nullOf(type)}`;
  const names = (Array.isArray(type) ? type : [type ?? "any"]).map(String);
  return htmlOf(names.map((name) => (name === "string" ? textOf(schema) : name)).join(" | "));
}

const listed = (item: string): string => (item.includes(" | ") ? `(${item})[]` : `${item}[]`);
const nullOf = (type: unknown): string => (Array.isArray(type) && type.includes("null") ? " | null" : "");
const textOf = ({ format }: JsonObject): string => (typeof format === "string" ? format : "string");

function propertiesHtml({ properties, required }: JsonObject, indent: string): string {
  const inner = `${indent}  `;
  const needed = Array.isArray(required) ? required : [];
  const lines = Object.entries(properties as JsonObject).map(([name, schema]) => {
    const mark = needed.includes(name) ? "" : "?";
    const note = isObject(schema) ? notesOf(schema) : "";
    const comment = note === "" ? "" : `  <i>${htmlOf(note)}</i>`;
    return `${inner}${htmlOf(name)}${mark}: ${schemaHtml(schema, inner)}${comment}`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${indent}}`;
}

/**
 * Returns the description, the default value and the limits of a value as plain text, so the caller
 * must escape the text. Returns an empty string if the schema has none of these.
 */
export function notesOf(schema: JsonObject): string {
  const {
    description,
    default: standard,
    minimum,
    maximum,
    minLength,
    maxLength,
    minItems,
    maxItems,
    pattern,
  } = schema;
  return [
    ...(typeof description === "string" ? [description.replace(/\.$/, "")] : []),
    ...(standard === undefined ? [] : [`default ${JSON.stringify(standard)}`]),
    ...spanOf(minimum, maximum, ""),
    ...spanOf(minLength, maxLength, " characters"),
    ...spanOf(minItems, maxItems, " items"),
    ...(typeof pattern === "string" ? [`like ${pattern}`] : []),
  ].join("; ");
}

function spanOf(least: unknown, most: unknown, unit: string): readonly string[] {
  // A limit with an absolute value of 2^53 - 1 or more is only the range of the type, and is not shown.
  const isLimit = (limit: unknown) => typeof limit === "number" && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  if (isLimit(least) && isLimit(most)) return [`${least} to ${most}${unit}`];
  if (isLimit(least)) return [`at least ${least}${unit}`];
  return isLimit(most) ? [`at most ${most}${unit}`] : [];
}
