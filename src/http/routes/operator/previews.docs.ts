// Describes, for the OpenAPI document, the routes of previews.
import { previewsMax } from "../../../businesses/previews/preview.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, id, instant, listOf, object, oneOf, sentAs } from "../../openapi/schema.ts";
import { previewBody } from "./previews.ts";

const preview = object({
  id,
  state: about(oneOf("making", "ready"), "making: the copy is not complete yet."),
  engine: oneOf("sqlite", "postgres", "neon"),
  createdAt: instant,
  expiresAt: instant,
});
const businesses = { tag: "Businesses", user: "operator" } as const;

export const previewDocs: readonly DocumentedRoute[] = [
  {
    ...businesses,
    method: "post",
    path: "/v1/businesses/{slug}/previews",
    summary: "Creates a preview: a copy of the business's database, which is removed after some hours.",
    description:
      "The business stays in use meanwhile. The copy contains the rows as they were at one moment, and no streams or objects. " +
      `Queries run on the copy at /v1/previews/{previewId}/queries/{name}; the business stays unchanged. A business has at most ${previewsMax} previews.`,
    body: { schema: sentAs(previewBody) },
    answers: { 201: json("The preview.", preview) },
    errors: ["CONFLICT"],
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses/{slug}/previews",
    summary: "Lists the previews of a business, newest first.",
    answers: { 200: json("The previews.", object({ items: listOf(preview) })) },
  },
  {
    ...businesses,
    method: "delete",
    path: "/v1/businesses/{slug}/previews/{previewId}",
    summary: "Ends a preview, and removes the copy.",
    answers: { 204: { says: "The preview is removed." } },
  },
];
