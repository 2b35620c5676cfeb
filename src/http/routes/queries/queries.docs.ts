// Describes, for the OpenAPI document, the route that returns the catalog of the named queries. The description of
// each query's own route is made from the spec of the query.
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { listOf, object } from "../../openapi/schema.ts";

export const queryDocs: readonly DocumentedRoute[] = [
  {
    tag: "Named queries",
    user: "member",
    method: "get",
    path: "/v1/queries",
    summary: "Lists every named query with its parameters and its answer as JSON Schema.",
    answers: { 200: json("The catalog.", object({ items: listOf({ type: "object" }) })) },
  },
];
