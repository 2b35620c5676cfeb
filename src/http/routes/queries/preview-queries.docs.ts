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
      "The body has the parameters of the query, even if the query is called with GET on the business's own database. The business's own database is neither read nor changed.",
    inHeaders: {
      [userHeader]: about(
        text,
        "The id of the user in whose name the query runs. Required if the scope of the query is `user`. A request with this header needs a business key that also has the scope `tokens`.",
      ),
    },
    body: { schema: { type: "object" } },
    answers: { 200: json("The answer of the query.", { type: "object" }) },
    errors: ["NOT_FOUND"],
  },
];
