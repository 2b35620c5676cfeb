// What stands around the named queries, as the document tells it: the catalog, and the same as tools.
import { type DocumentedRoute, json } from "./operation.ts";
import { about, listOf, object } from "./schema.ts";

const queries = { tag: "Named queries", user: "member" } as const;

export const queryRoutes: readonly DocumentedRoute[] = [
  {
    ...queries,
    method: "get",
    path: "/v1/queries",
    summary: "The catalog: every named query with its parameters and its answer as JSON Schema.",
    answers: { 200: json("The catalog.", object({ items: listOf({ type: "object" }) })) },
  },
  {
    ...queries,
    method: "post",
    path: "/mcp",
    summary: "The named queries as tools of the Model Context Protocol (streamable HTTP).",
    description: "One JSON-RPC message a request, each answered by itself; nothing is streamed.",
    body: {
      schema: about(
        { type: ["object", "array"] },
        "A JSON-RPC 2.0 message. Accept has to name application/json and text/event-stream.",
      ),
    },
    answers: {
      200: json("The answer to it.", { type: ["object", "array"] }),
      202: { says: "It needs no answer." },
    },
    errors: ["METHOD_NOT_ALLOWED"],
  },
];
