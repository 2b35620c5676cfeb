// Describes, for the OpenAPI document, the routes that list and migrate the schemas of the businesses' databases.
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import {
  about,
  id,
  instant,
  listOf,
  object,
  oneOf,
  orNull,
  sentAs,
  text,
  whole,
} from "../../openapi/schema.ts";
import { migrationRunBody } from "./migrations.ts";

const schema = object({
  businessId: id,
  slug: text,
  engine: oneOf("sqlite", "postgres", "neon"),
  state: about(
    oneOf("current", "behind", "ahead", "failed", "running", "unknown"),
    "behind: the database is migrated at its next use, or by `rondo migrate`. ahead: a newer version migrated the database, and this version does not serve it. " +
      "failed: its latest migration failed and changed nothing. unknown: no state is recorded yet, because only older versions of Rondo have used the database.",
  ),
  newest: about(orNull(text), "The name of its newest migration."),
  migratedAt: orNull(instant),
  fault: about(
    { ...object({ code: text, message: text, since: instant }), type: ["object", "null"] },
    "Why its latest migration failed.",
  ),
});

const businessLine = object(
  {
    event: oneOf("business"),
    slug: text,
    businessId: id,
    outcome: oneOf("migrated", "current", "moving", "failed"),
    code: about(text, "Why it failed."),
    message: text,
  },
  ["code", "message"],
);
const endLine = object({
  event: oneOf("ended"),
  newest: about(text, "The newest migration of this version."),
  migrated: whole,
  current: about(whole, "How many databases were up to date already."),
  moving: about(listOf(text), "The slugs of businesses that move to another engine."),
  failed: listOf(object({ slug: text, code: text, message: text })),
  left: about(whole, "How many databases were not tried."),
  stopped: about(orNull(text), "Why the run stopped early."),
  totalMs: { type: "number" },
});

export const migrationDocs: readonly DocumentedRoute[] = [
  {
    tag: "Businesses",
    user: "operator",
    method: "get",
    path: "/v1/migrations",
    summary: "Lists the state of the schema of each business's database.",
    description:
      "The answer is from the records of the control database; no database of a business is opened. `rondo migrate` migrates these databases.",
    answers: {
      200: json(
        "The schemas.",
        object({ newest: about(text, "The newest migration of this version."), items: listOf(schema) }),
      ),
    },
  },
  {
    tag: "Businesses",
    user: "operator",
    method: "post",
    path: "/v1/migrations",
    summary: "Migrates the databases of all businesses that are behind.",
    description:
      "Does the same as `rondo migrate`: the canaries are migrated first (by default the oldest business), then several businesses at a time. If `stopAfter` is a number, the run stops after this number of failures. If `stopAfter` is a share such as 5%, the run stops as soon as a larger share of the tried businesses has failed. " +
      "The answer has one line of JSON for each business as soon as it is done, and one at the end; empty lines only keep the connection open. If the connection ends, the run continues. Another run may be started at any time, even while one is active.",
    body: { schema: sentAs(migrationRunBody) },
    answers: {
      200: {
        says: "The progress, line by line.",
        content: [{ type: "application/x-ndjson", schema: { anyOf: [businessLine, endLine] } }],
      },
    },
    errors: ["NOT_FOUND"],
  },
];
