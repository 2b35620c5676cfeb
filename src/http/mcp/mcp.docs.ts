// Describes the MCP endpoint in the OpenAPI document.
import { type DocumentedRoute, json } from "../openapi/operation.ts";
import { about } from "../openapi/schema.ts";

export const mcpDocs: readonly DocumentedRoute[] = [
  {
    tag: "Named queries",
    user: "member",
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
