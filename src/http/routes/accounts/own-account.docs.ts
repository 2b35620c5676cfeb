// Describes, for the OpenAPI document, the routes of the caller's password, e-mail, sessions and data.
import { fileAnswers, rangeHeaders } from "../../openapi/file-parts.ts";
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import {
  about,
  bytes,
  id,
  instant,
  listOf,
  object,
  oneOf,
  orNull,
  sentAs,
  text,
} from "../../openapi/schema.ts";
import { mailLanguages } from "../../../jobs/mail-job.ts";
import { changeEmailBody, changePasswordBody, verificationBody } from "./own-account.ts";

const session = object({
  id,
  device: about(
    orNull(text),
    'The browser and system, such as "Firefox, Linux". Null if they are not known.',
  ),
  createdAt: instant,
  lastUsedAt: about(instant, "The time of the last use, accurate to an hour."),
  isCurrent: about({ type: "boolean" }, "Whether it is the session of this request."),
});

const shared = { tag: "Accounts", user: "user" } as const;

export const ownAccountDocs: readonly DocumentedRoute[] = [
  {
    ...shared,
    method: "post",
    path: "/v1/accounts/me/password",
    summary:
      "Changes the password of a member. The member sends the current password. All other sessions end.",
    body: { schema: sentAs(changePasswordBody) },
    answers: { 204: { says: "The password is changed." } },
    errors: ["CONFLICT"],
  },
  {
    ...shared,
    method: "post",
    path: "/v1/accounts/me/email",
    summary: "Changes the e-mail of a member. The member sends the password.",
    description:
      "If a mail server is set, a link is mailed to the new address, and a mail informs the former address. The e-mail changes when the member opens the link. If no mail server is set, the e-mail changes at once.",
    body: { schema: sentAs(changeEmailBody) },
    answers: {
      200: json(
        "The account. newEmail is the new address until it is verified; otherwise null.",
        ref("Account"),
      ),
    },
    errors: ["CONFLICT", "NOT_FOUND"],
  },
  {
    ...shared,
    method: "post",
    path: "/v1/accounts/me/verification",
    summary: "Mails another link to verify the e-mail address.",
    body: { schema: sentAs(verificationBody) },
    answers: { 202: { says: "The mail will be sent." } },
    errors: ["CONFLICT"],
  },
  {
    ...shared,
    method: "get",
    path: "/v1/accounts/me/export",
    summary: "Returns the data that is stored about the caller.",
    description:
      "Three things are left out: the sound, secrets such as the hash of the password, and records that only Rondo itself needs (the answers to repeated writes, the hashed addresses of guests, the calls to generators, and the events for webhooks). GET /v1/accounts/me/archive also has the sound.",
    answers: {
      200: json("The rows by table.", ref("UserExport"), {
        "Content-Disposition": about(
          text,
          "Contains a file name, so that a browser saves the answer as a file.",
        ),
      }),
    },
    errors: ["NOT_FOUND"],
  },
  {
    ...shared,
    method: "get",
    path: "/v1/accounts/me/archive",
    summary:
      "Sends the data that is stored about the caller as a ZIP: the rows as JSON, and every piece as MP3, also those in the trash.",
    description:
      "README.txt describes the archive. The query parameter `language` sets the language of README.txt. Without this parameter, the language is the first supported language of Accept-Language, or English. data.json is the answer of GET /v1/accounts/me/export without the usage of today. A piece that is still being made, or whose sound is damaged, is only described in manifest.json and named in README.txt. An interrupted download can be resumed with Range and If-Range within seven days. If the data has changed meanwhile, the whole archive is sent again.",
    inQuery: { language: about(oneOf(...mailLanguages), "The language of README.txt.") },
    inHeaders: rangeHeaders,
    answers: fileAnswers([{ type: "application/zip", schema: bytes }]),
    errors: ["NOT_FOUND", "RANGE_NOT_SATISFIABLE", "TOO_MANY_REQUESTS", "UNAVAILABLE"],
  },
  {
    ...shared,
    method: "get",
    path: "/v1/accounts/me/sessions",
    summary: "Lists the open sessions of the caller, the last used one first.",
    answers: { 200: json("The sessions.", object({ items: listOf(session) })) },
  },
  {
    ...shared,
    method: "delete",
    path: "/v1/accounts/me/sessions",
    summary: "Ends all sessions of the caller except the session of this request.",
    answers: { 204: { says: "The sessions have ended." } },
  },
  {
    ...shared,
    method: "delete",
    path: "/v1/accounts/me/sessions/{sessionId}",
    summary: "Ends one session of the caller, with the tokens issued from it.",
    answers: { 204: { says: "The session has ended." } },
    errors: ["NOT_FOUND"],
  },
];
