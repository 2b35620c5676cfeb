// Describes the routes of businesses and their keys in the OpenAPI document.
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, id, listOf, object, sentAs, text } from "../../openapi/schema.ts";
import { changeBody, createBody, keyBody } from "./businesses.ts";

const businesses = { tag: "Businesses", user: "operator" } as const;

export const businessDocs: readonly DocumentedRoute[] = [
  {
    ...businesses,
    method: "post",
    path: "/v1/businesses",
    summary: "Creates a business with its own database.",
    body: { schema: sentAs(createBody) },
    answers: { 201: json("The business.", ref("Business")) },
    errors: ["CONFLICT"],
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses",
    summary: "Lists all businesses, oldest first.",
    answers: { 200: json("The businesses.", object({ items: listOf(ref("Business")) })) },
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses/{slug}",
    summary: "Returns one business.",
    answers: { 200: json("The business.", ref("Business")) },
  },
  {
    ...businesses,
    method: "patch",
    path: "/v1/businesses/{slug}",
    summary: "Suspends or resumes a business, or sets the generators that it may use.",
    description:
      "While a business is suspended, all of its keys, sessions, tokens and links are refused: in this process at once, in others within five seconds. generators are names of RONDO_GENERATORS, the default first; null allows all of them.",
    body: { schema: sentAs(changeBody) },
    answers: { 200: json("The business.", ref("Business")) },
  },
  {
    ...businesses,
    method: "post",
    path: "/v1/businesses/{slug}/keys",
    summary: "Creates a key of the business. It is returned only this once.",
    body: { schema: sentAs(keyBody) },
    answers: { 201: json("The key.", object({ id, key: about(text, "rk_…") })) },
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses/{slug}/keys",
    summary: "Lists the keys of the business, without the keys themselves.",
    answers: { 200: json("The keys.", object({ items: listOf(ref("BusinessKey")) })) },
  },
  {
    ...businesses,
    method: "delete",
    path: "/v1/businesses/{slug}/keys/{keyId}",
    summary:
      "Revokes a key. The key and the tokens that it issued are refused: in this process at once, in others within five seconds.",
    answers: { 204: { says: "The key is revoked." } },
  },
];
