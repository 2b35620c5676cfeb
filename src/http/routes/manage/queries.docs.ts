// Describes, for the OpenAPI document, the routes with which a business reads its named queries and their SQL.
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, listOf, object, oneOf, text } from "../../openapi/schema.ts";

const inQuery = { business: about(text, "The slug of the business. Only the operator sends it.") };
const manage = { tag: "Managing a business", user: "manager", method: "get", inQuery } as const;

export const managedQueryDocs: readonly DocumentedRoute[] = [
  {
    ...manage,
    path: "/v1/manage/queries",
    summary: "Lists every named query of the business with its parameters and its answer as JSON Schema.",
    answers: { 200: json("The catalog.", object({ items: listOf({ type: "object" }) })) },
  },
  {
    ...manage,
    path: "/v1/manage/queries/{name}/sql",
    summary: "Returns the SQL of a named query on the engine of the business.",
    description:
      "The SQL of a query depends on the call. So the field `sql` contains the statements of several calls: without optional parameters, with all optional parameters, in each sort order, and for each direction of a page.",
    answers: { 200: json("The SQL.", object({ engine: oneOf("sqlite", "postgres"), sql: text })) },
  },
];
