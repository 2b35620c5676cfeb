// Describes, for the OpenAPI document, the routes of the apps and the themes of businesses.
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, bytes, instant, listOf, object, sentAs, text, whole } from "../../openapi/schema.ts";
import { rollbackBody } from "./apps.ts";

const apps = { tag: "Apps", user: "operator" } as const;
const yesOrNo = { type: "boolean" };
const anyObject = { type: "object" };

const document = about(
  anyObject,
  "The app: an object with the fields `format` (always 1), `tables`, `querySpecs` and `theme`. The fields `tables` and `querySpecs` are objects, whose keys are the names of the tables and of the queries. The guide your-own-tables.md describes the fields.",
);
const report = object({
  version: about(whole, "The version that is in use afterwards."),
  isNew: about(yesOrNo, "False when the business has this version already."),
  tables: whole,
  querySpecs: whole,
  changes: about(listOf(text), "One sentence for each change of a table."),
  losses: about(listOf(text), "What the change deletes for good."),
  sql: about(
    object({ sqlite: listOf(text), postgres: listOf(text) }),
    "The statements that change the tables, for each engine.",
  ),
});

export const appDocs: readonly DocumentedRoute[] = [
  {
    ...apps,
    method: "get",
    path: "/v1/businesses/{slug}/app",
    summary: "Returns the app of a business, and its versions, newest first.",
    answers: {
      200: json(
        "The app.",
        object({
          version: about(whole, "The present version; 0 if the business has no app."),
          app: { oneOf: [document, { type: "null" }] },
          versions: listOf(object({ number: whole, appliedAt: instant, appliedBy: text })),
        }),
      ),
    },
  },
  {
    ...apps,
    method: "put",
    path: "/v1/businesses/{slug}/app",
    summary:
      "Applies an app to a business: its tables, queries and theme. If one of them has a fault, nothing is changed.",
    description:
      "The tables of the business are changed to those of the app, in one transaction. A column or table with the field `renamedFrom` keeps its content. " +
      "The queries are in use in this process at once, and in others within five seconds.",
    inQuery: {
      dryRun: { ...yesOrNo, default: false, description: "Only report what would change." },
      allowLoss: { ...yesOrNo, default: false, description: "Allow tables and columns to be dropped." },
    },
    body: { schema: document },
    answers: { 200: json("What has changed.", report) },
    errors: ["APP_INVALID", "CONFLICT"],
  },
  {
    ...apps,
    method: "post",
    path: "/v1/businesses/{slug}/app/rollback",
    summary: "Returns a business to an earlier version of its app, by default to the previous version.",
    description:
      "The content of that version becomes a new version. Renamed tables and columns get their former names and keep their content.",
    body: { schema: sentAs(rollbackBody) },
    answers: { 200: json("What has changed.", report) },
    errors: ["APP_INVALID", "CONFLICT"],
  },
  {
    tag: "Apps",
    user: "anyone",
    method: "get",
    path: "/v1/themes/{slug}",
    summary:
      "Returns the theme of a business for its page: an object, which is empty if the business has no theme.",
    answers: { 200: json("The theme, without the content of its files.", anyObject) },
  },
  {
    tag: "Apps",
    user: "anyone",
    method: "get",
    path: "/v1/themes/{slug}/files/{name}",
    summary: "Returns a file of the theme of a business: a font or a picture.",
    description: "If the request has the query parameter `v`, the answer may be cached for ever.",
    inQuery: { v: { type: "string", description: "The version of the theme." } },
    answers: {
      200: {
        says: "The file.",
        content: [
          { type: "font/woff2", schema: bytes },
          { type: "image/svg+xml", schema: bytes },
          { type: "image/png", schema: bytes },
        ],
      },
    },
  },
];
