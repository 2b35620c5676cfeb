// Describes, for the OpenAPI document, the route that runs a named query on a preview.
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, text } from "../../openapi/schema.ts";
import { userHeader } from "./preview-queries.ts";

export const previewQueryDocs: readonly DocumentedRoute[] = [
  {
    tag: "Named queries",
    user: "business",
    method: "post",
    path: "/v1/previews/{previewId}/queries/{name}",
    summary: "Runs a named query on a preview of the business.",
    description:
      "The parameters and the answer are those of the query, also for queries that read. Nothing of the business itself is read or changed.",
    inHeaders: {
      [userHeader]: about(
        text,
        "The user whose data a query of users reads; the key needs the scope tokens.",
      ),
    },
    body: { schema: { type: "object" } },
    answers: { 200: json("The answer of the query.", { type: "object" }) },
    errors: ["NOT_FOUND"],
  },
];
