// Describes the MCP endpoint in the OpenAPI document.
import { type DocumentedRoute, json } from "../openapi/operation.ts";
import { about } from "../openapi/schema.ts";

export const mcpDocs: readonly DocumentedRoute[] = [
  {
    tag: "Named queries",
    user: "member",
    method: "post",
    path: "/mcp",
    summary: "Serves the named queries as tools of the Model Context Protocol (streamable HTTP).",
    description: "Each request has one JSON-RPC message, which is answered separately. Nothing is streamed.",
    body: {
      schema: about(
        { type: ["object", "array"] },
        "A JSON-RPC 2.0 message. Accept has to name application/json and text/event-stream.",
      ),
    },
    answers: {
      200: json("The answer to the message.", { type: ["object", "array"] }),
      202: { says: "The message needs no answer." },
    },
    errors: ["METHOD_NOT_ALLOWED"],
  },
];
