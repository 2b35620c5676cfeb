// Describes, for the OpenAPI document, the routes with which the operator manages businesses.
import { graceDaysUsual } from "../../../businesses/lifecycle/delete-business.ts";
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, id, instant, listOf, object, sentAs, text, url } from "../../openapi/schema.ts";
import {
  changeBody,
  createBody,
  generatorKeyBody,
  hostsBody,
  keyBody,
  resetLinkBody,
  rotateBody,
} from "./businesses.ts";

const yesOrNo = { type: "boolean" };
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
    summary:
      "Suspends, resumes or renames a business, or changes its limits or the generators that it may use.",
    description:
      "While a business is suspended, all of its keys, sessions, tokens and links are refused: in this process at once, in others within five seconds. " +
      "After a change of the slug, links with the old slug still lead to the business. If keepOldLinks is false, these links end. " +
      'null removes a limit, and "default" restores the limit of the settings. ' +
      "`generators` is a list of names from RONDO_GENERATORS, the default first. Other names are refused. null allows all generators.",
    body: { schema: sentAs(changeBody) },
    answers: { 200: json("The business.", ref("Business")) },
    errors: ["CONFLICT"],
  },
  {
    ...businesses,
    method: "delete",
    path: "/v1/businesses/{slug}",
    summary: "Deletes a business: it is suspended at once, and erased after a period of grace.",
    inQuery: { graceDays: { type: "integer", minimum: 0, maximum: 9999, default: graceDaysUsual } },
    answers: { 202: json("The business, with the time of its erasure.", ref("Business")) },
    errors: ["CONFLICT"],
  },
  {
    ...businesses,
    method: "post",
    path: "/v1/businesses/{slug}/undelete",
    summary: "Undoes the deletion of a business. Afterwards the business is suspended.",
    answers: { 200: json("The business.", ref("Business")) },
    errors: ["CONFLICT"],
  },
  {
    ...businesses,
    method: "post",
    path: "/v1/businesses/{slug}/keys",
    summary: "Creates a key of the business. Only this response contains the key.",
    body: { schema: sentAs(keyBody) },
    answers: { 201: json("The key.", object({ id, key: about(text, "rk_…") })) },
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses/{slug}/keys",
    summary: "Lists the keys of the business with their names and states, but without the keys themselves.",
    answers: { 200: json("The keys.", object({ items: listOf(ref("BusinessKey")) })) },
  },
  {
    ...businesses,
    method: "post",
    path: "/v1/businesses/{slug}/keys/{keyId}/rotate",
    summary:
      "Replaces a key by a new one with the same name and scopes. The old one is refused after the overlap.",
    description: "When the old key expires, the tokens that it issued expire, too.",
    body: { schema: sentAs(rotateBody) },
    answers: {
      201: json("The new key.", object({ id, key: about(text, "rk_…"), oldKeyExpiresAt: instant })),
    },
  },
  {
    ...businesses,
    method: "delete",
    path: "/v1/businesses/{slug}/keys/{keyId}",
    summary:
      "Revokes a key. The key and the tokens that it issued are refused: in this process at once, in others within five seconds.",
    answers: { 204: { says: "The key is revoked." } },
  },
  {
    ...businesses,
    method: "post",
    path: "/v1/businesses/{slug}/reset-links",
    summary: "Issues a link with which a member sets a new password.",
    description:
      "The operator gives the link to the member, for example if no mail server is set. The link works one time, and expires after 30 minutes.",
    body: { schema: sentAs(resetLinkBody) },
    answers: { 201: json("The link.", object({ url, expiresAt: instant })) },
    errors: ["NOT_FOUND"],
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses/{slug}/hosts",
    summary: "Lists the hosts at which the page of a business is served.",
    answers: { 200: json("The hosts.", object({ items: listOf(text) })) },
  },
  {
    ...businesses,
    method: "put",
    path: "/v1/businesses/{slug}/hosts",
    summary: "Sets the hosts at which the page of a business is served.",
    description:
      "A host is a name such as music.example.com, followed by the port if the port is not the usual one. A request to one of the hosts gets the page with the theme of this business. " +
      "The list replaces the earlier one. A change takes effect within five seconds.",
    body: { schema: sentAs(hostsBody) },
    answers: { 200: json("The hosts.", object({ items: listOf(text) })) },
    errors: ["CONFLICT"],
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/businesses/{slug}/generator-keys",
    summary:
      "Lists the generators for which the business has a key or an address of its own. The keys and addresses are not returned.",
    answers: {
      200: json(
        "The generators.",
        object({
          items: listOf(object({ generator: text, hasKey: yesOrNo, hasUrl: yesOrNo, changedAt: instant })),
        }),
      ),
    },
  },
  {
    ...businesses,
    method: "put",
    path: "/v1/businesses/{slug}/generator-keys/{generator}",
    summary: "Sets the business's own key for a generator, its own address, or both.",
    description:
      "The generator is a name of RONDO_GENERATORS. The key and the address are used for the generations of this business alone, and no answer contains them. " +
      "`url` is the address of a generator that implements the HTTP contract. This address has to be public. " +
      "A change takes effect within five seconds. It applies only to generations that begin afterwards.",
    body: { schema: sentAs(generatorKeyBody) },
    answers: { 204: { says: "The key and the address are stored." } },
  },
  {
    ...businesses,
    method: "delete",
    path: "/v1/businesses/{slug}/generator-keys/{generator}",
    summary: "Removes the business's own key and address for a generator.",
    answers: { 204: { says: "The key and the address are removed." } },
  },
  {
    ...businesses,
    method: "get",
    path: "/v1/erasures",
    summary: "Lists the erased businesses with their signed receipts, newest first.",
    answers: { 200: json("The erasures.", object({ items: listOf(ref("Erasure")) })) },
  },
];
