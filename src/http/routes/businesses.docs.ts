// Describes the routes of businesses and their keys in the OpenAPI document.
import { ref } from "../openapi/components.ts";
import { type DocumentedRoute, json } from "../openapi/operation.ts";
import { about, id, listOf, object, sentAs, text } from "../openapi/schema.ts";
import { createBody, keyBody, stateBody } from "./businesses.ts";

const businesses = { tag: "Businesses", user: "operator" } as const;

export const businessDocs: readonly DocumentedRoute[] = [
  {
    ...businesses,
    method: "post",
    path: "/v1/businesses",
    summary: "Make a business with a database of its own.",
    body: { schema: sentAs(createBody) },
    answers: { 201: json("The business.", ref("Business")) },
    errors: ["CONFLICT"],
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses",
    summary: "All businesses, oldest first.",
    answers: { 200: json("All of them.", object({ items: listOf(ref("Business")) })) },
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses/{slug}",
    summary: "One business.",
    answers: { 200: json("The business.", ref("Business")) },
  },
  {
    ...businesses,
    method: "patch",
    path: "/v1/businesses/{slug}",
    summary: "Suspend a business, or let it go on.",
    description:
      "While it is suspended, none of its keys, sessions, tokens and links opens anything: at once here, everywhere within five seconds.",
    body: { schema: sentAs(stateBody) },
    answers: { 200: json("The business.", ref("Business")) },
  },
  {
    ...businesses,
    method: "post",
    path: "/v1/businesses/{slug}/keys",
    summary: "A new business key, shown this once.",
    body: { schema: sentAs(keyBody) },
    answers: { 201: json("The key.", object({ id, key: about(text, "rk_…") })) },
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses/{slug}/keys",
    summary: "Its keys, without their secrets.",
    answers: { 200: json("All of them.", object({ items: listOf(ref("BusinessKey")) })) },
  },
  {
    ...businesses,
    method: "delete",
    path: "/v1/businesses/{slug}/keys/{keyId}",
    summary:
      "Revoke a key. It and the tokens that it minted are refused at once here, everywhere within five seconds.",
    answers: { 204: { says: "It is revoked." } },
  },
];
