// Describes, for the OpenAPI document, the routes of forgotten passwords and mailed links.
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, object, oneOf, sentAs, text } from "../../openapi/schema.ts";
import { forgotPasswordBody, resetPasswordBody, verifyEmailBody } from "./recovery.ts";

const tag = "Accounts";
const by = about(
  oneOf("mail", "operator"),
  "operator: no mail server is set, so only the operator can issue a link.",
);

export const recoveryDocs: readonly DocumentedRoute[] = [
  {
    method: "post",
    path: "/v1/accounts/forgot-password",
    tag,
    summary: "Mails a member a link for setting a new password.",
    description:
      "The answer, and the time until it comes, are the same for a known and an unknown address. The worker sends the mail. The link works one time, and expires after 30 minutes.",
    user: "anyone",
    body: { schema: sentAs(forgotPasswordBody) },
    answers: {
      202: json(
        "The request is accepted. If `by` is `mail` and the member exists, a mail with a link will be sent.",
        object({ by }),
      ),
    },
    errors: ["NOT_FOUND"],
  },
  {
    method: "post",
    path: "/v1/accounts/reset-password",
    tag,
    summary: "Sets a new password with the token of a link.",
    description: "All sessions and all other links of the member end.",
    user: "anyone",
    body: { schema: sentAs(resetPasswordBody) },
    answers: { 204: { says: "The password is set." } },
    errors: ["GONE"],
  },
  {
    method: "post",
    path: "/v1/accounts/verify-email",
    tag,
    summary: "Verifies the e-mail address of a member with the token of a link.",
    user: "anyone",
    body: { schema: sentAs(verifyEmailBody) },
    answers: { 200: json("The address is verified.", object({ email: text })) },
    errors: ["GONE", "CONFLICT"],
  },
];
