// The typed client of the named queries, as TypeScript text: what each takes and what it answers.
import { answerSchemaOf } from "./catalog.ts";
import type { JsonObject } from "../spec/json-reader.ts";
import { isObject } from "../spec/json-reader.ts";
import { objectSchemaOf } from "../spec/parameter.ts";
import type { Query } from "../spec/parse-spec.ts";

export function clientTypesOf(queries: Iterable<Query>): string {
  const sorted = [...queries].sort((one, other) => (one.name < other.name ? -1 : 1));
  const entries = sorted.map(
    (query) => `  /** ${query.summary.replaceAll("*/", "* /")} */
  ${JSON.stringify(query.name)}: {
    method: ${JSON.stringify(query.method)};
    parameters: ${typeOf(objectSchemaOf(query.parameters), 4)};
    answer: ${typeOf(answerSchemaOf(query), 4)};
  };`,
  );
  const methods = sorted.map(({ name, method }) => `  ${JSON.stringify(name)}: ${JSON.stringify(method)},`);
  return `// Made by \`rondo specs types\` from query-specs/: change a spec and run it again.

export interface Queries {
${entries.join("\n")}
}

export type QueryName = keyof Queries;

/** GET reads, with its parameters in the URL; POST writes, with a JSON body. A read may be sent by POST, too. */
export const queryMethods: { readonly [Name in QueryName]: Queries[Name]["method"] } = {
${methods.join("\n")}
};

/** Longer paths are refused by some proxies, so their parameters are sent by POST. */
const pathLengthMax = 2_000;

/** The path of a query, and what to send. Lists are repeated; what is undefined is left out; a URL says neither null nor JSON. */
export function queryRequest<Name extends QueryName>(
  name: Name,
  parameters: Queries[Name]["parameters"],
): { readonly method: "GET" | "POST"; readonly path: string; readonly body: unknown } {
  const path = \`/v1/queries/\${name}\`;
  const method = queryMethods[name];
  if (method === "POST") return { method, path, body: parameters };
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(key, String(one));
  }
  const whole = search.size === 0 ? path : \`\${path}?\${search}\`;
  const values: readonly unknown[] = Object.values(parameters).flat();
  return whole.length > pathLengthMax || values.some((value) => typeof value === "object")
    ? { method: "POST", path, body: parameters }
    : { method, path: whole, body: undefined };
}
`;
}

function typeOf(schema: JsonObject, indent: number): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const { type } = schema;
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one }, indent)).join(" | ");
  switch (type) {
    case "string":
    case "boolean":
    case "number":
    case "null":
      return type;
    case "integer":
      return "number";
    case "array": {
      const items = typeOf(isObject(schema.items) ? schema.items : {}, indent);
      return items.includes(" | ") && !items.startsWith("{") ? `(${items})[]` : `${items}[]`;
    }
    case "object":
      return objectType(schema, indent);
    default:
      return "unknown";
  }
}

function objectType({ properties, required }: JsonObject, indent: number): string {
  const entries = isObject(properties) ? Object.entries(properties) : [];
  if (entries.length === 0) return "Record<string, never>";
  const demanded = Array.isArray(required) ? required : [];
  const space = " ".repeat(indent + 2);
  const lines = entries.map(([name, schema]) => {
    const optional = !demanded.includes(name);
    const type = typeOf(schema as JsonObject, indent + 2);
    return `${space}${name}${optional ? "?" : ""}: ${type}${optional ? " | undefined" : ""};`;
  });
  return `{\n${lines.join("\n")}\n${" ".repeat(indent)}}`;
}
