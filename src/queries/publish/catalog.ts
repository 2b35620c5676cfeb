// Makes the catalog of the queries that can be called. For each query, the catalog contains the name, the method, and
// JSON Schemas of the parameters and of the result, among other fields.
import type { JsonObject } from "../spec/json-reader.ts";
import { objectSchemaOf } from "../spec/parameter.ts";
import type { Expression, OutputColumn, ValueType } from "../plan.ts";
import type { QuerySet } from "../run/query-set.ts";
import type { Query } from "../spec/parse/spec.ts";

export const catalogOf = (set: QuerySet) => ({
  items: [...set.queries.values()].map((query) => ({
    name: query.name,
    summary: query.summary,
    ...(query.description === undefined ? {} : { description: query.description }),
    method: query.method,
    scope: query.scope,
    returns: query.returns,
    parameters: objectSchemaOf(query.parameters),
    answer: answerSchemaOf(query),
    guards: query.guards,
  })),
});

/** Returns the JSON Schema (2020-12) of the complete result of a query. */
export function answerSchemaOf({
  plan,
  returns,
  page,
}: Pick<Query, "plan" | "returns" | "page">): JsonObject {
  const { columns } = plan.steps.find(({ name }) => name === plan.answer)!.statement;
  const row = rowSchemaOf(columns);
  const list = { type: "array", items: row };
  const cursor = { type: ["string", "null"] };
  switch (returns) {
    case "one":
      return strictObject({ item: row });
    case "maybe":
      return strictObject({ item: orNull(row) });
    case "many":
      return strictObject({ items: list });
    case "page":
      return strictObject({
        items: list,
        next: cursor,
        previous: cursor,
        ...(page?.total === true ? { total: { type: "integer" } } : {}),
      });
  }
}

const strictObject = (properties: JsonObject): JsonObject => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const rowSchemaOf = (columns: readonly OutputColumn[]): JsonObject =>
  strictObject(Object.fromEntries(columns.map(({ name, expression }) => [name, valueSchemaOf(expression)])));

function valueSchemaOf(expression: Expression): JsonObject {
  if (expression.kind === "nested") {
    const row = rowSchemaOf(expression.select.columns);
    return expression.type === "rows" ? { type: "array", items: row } : orNull(row);
  }
  const schema = plainSchemas[expression.type];
  return expression.nullable ? orNull(schema) : schema;
}

const plainSchemas: Readonly<Record<ValueType, JsonObject>> = {
  id: { type: "string" },
  text: { type: "string" },
  integer: { type: "integer" },
  bigint: { type: ["integer", "string"], description: "Numbers beyond 2^53 are sent as text." },
  decimal: { type: "string", pattern: "^-?\\d{1,18}(\\.\\d{1,9})?$" },
  float: { type: "number" },
  boolean: { type: "boolean" },
  date: { type: "string", format: "date" },
  bytes: { type: "string", contentEncoding: "base64" },
  timestamp: { type: "string", format: "date-time" },
  json: {},
  row: { type: "object" },
  rows: { type: "array" },
};

function orNull(schema: JsonObject): JsonObject {
  if (schema.type === undefined) return schema;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return { ...schema, type: [...types, "null"] };
}
