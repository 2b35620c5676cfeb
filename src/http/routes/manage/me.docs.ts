// Describes, for the OpenAPI document, the route that returns the holder of a key.
import { keyScopes } from "../../../businesses/secrets/key-scopes.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, listOf, object, oneOf, text } from "../../openapi/schema.ts";

export const keyHolderDocs: readonly DocumentedRoute[] = [
  {
    tag: "Managing a business",
    user: "manager",
    method: "get",
    path: "/v1/manage/me",
    summary: "Returns whom a key belongs to, and what it may do.",
    answers: {
      200: json(
        "The holder of the key.",
        object({
          kind: oneOf("operator", "business"),
          business: { ...object({ slug: text, name: text }), type: ["object", "null"] },
          scopes: about(
            { ...listOf(oneOf(...keyScopes)), type: ["array", "null"] },
            "What the key of a business may do; null for the operator.",
          ),
        }),
      ),
    },
  },
];
