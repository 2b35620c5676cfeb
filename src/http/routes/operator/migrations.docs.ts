// Describes the route of the businesses' schemas in the OpenAPI document.
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, id, instant, listOf, object, oneOf, orNull, text } from "../../openapi/schema.ts";

const schema = object({
  businessId: id,
  slug: text,
  engine: oneOf("sqlite", "postgres", "neon"),
  state: about(
    oneOf("current", "behind", "ahead", "failed", "running", "unknown"),
    "behind: the database is migrated at its next use, or by `rondo migrate`. ahead: a newer version migrated the database, and this version does not serve it. " +
      "failed: its latest migration failed and changed nothing. unknown: the database was not opened since Rondo records schemas.",
  ),
  newest: about(orNull(text), "The name of its newest migration."),
  migratedAt: orNull(instant),
  fault: about(
    { ...object({ code: text, message: text, since: instant }), type: ["object", "null"] },
    "Why its latest migration failed.",
  ),
});

export const migrationDocs: readonly DocumentedRoute[] = [
  {
    tag: "Businesses",
    user: "operator",
    method: "get",
    path: "/v1/migrations",
    summary: "Lists which schema each business's database has.",
    description:
      "The answer is from the records of the control database; no database of a business is opened. `rondo migrate` migrates these databases.",
    answers: {
      200: json(
        "The schemas.",
        object({ newest: about(text, "The newest migration of this version."), items: listOf(schema) }),
      ),
    },
  },
];
