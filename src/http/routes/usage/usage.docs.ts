// Describes, for the OpenAPI document, the routes of usage and quotas.
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, listOf, object, oneOf, sentAs, text } from "../../openapi/schema.ts";
import { changeQuotasBody } from "./usage.ts";

const tag = "Usage";
const inQuery = {
  from: about(text, "The first day (UTC), such as 2026-11-01. By default the first day of this month."),
  to: about(text, "The last day. By default the last day of this month."),
  by: { ...oneOf("day", "user"), default: "day", description: "user: a row for each user and day." },
  userId: about(text, "Only this user."),
};

export const usageDocs: readonly DocumentedRoute[] = [
  {
    tag,
    user: "manager",
    method: "get",
    path: "/v1/usage",
    summary: "Returns what the business used on each day.",
    description:
      "Generations and seconds are exact. Queries and served bytes are stored every five seconds, so those of the last five seconds may be missing.",
    inQuery: { ...inQuery, business: about(text, "The slug of the business. Only the operator sends it.") },
    answers: { 200: json("The usage.", ref("Usage")) },
  },
  {
    tag,
    user: "operator",
    method: "get",
    path: "/v1/businesses/{slug}/usage",
    summary: "Returns what a business used on each day.",
    inQuery,
    answers: { 200: json("The usage.", ref("Usage")) },
  },
  {
    tag,
    user: "member",
    method: "get",
    path: "/v1/limits",
    summary:
      "Returns the quotas of the user (or, with a business key, of the business), and how much of each is used.",
    answers: { 200: json("The quotas.", object({ quotas: listOf(ref("QuotaState")) })) },
    errors: ["NOT_FOUND"],
  },
  {
    tag,
    user: "business",
    method: "patch",
    path: "/v1/limits",
    summary:
      "Changes the quotas of the business's users and guests. The operator sets those of the business.",
    description: "A quota that the body leaves out stays as it is, and null removes a quota.",
    body: { schema: sentAs(changeQuotasBody) },
    answers: {
      200: json(
        "The quotas of users and guests.",
        object({ quotas: object({ user: { type: "object" }, guest: { type: "object" } }) }),
      ),
    },
    errors: ["NOT_FOUND", "CONFLICT"],
  },
];
