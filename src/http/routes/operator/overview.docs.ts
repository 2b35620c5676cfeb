// Describes, for the OpenAPI document, the routes of the audit log and of the states of the generators.
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, id, instant, listOf, object, oneOf, orNull, text, whole } from "../../openapi/schema.ts";

export const overviewDocs: readonly DocumentedRoute[] = [
  {
    tag: "Businesses",
    user: "operator",
    method: "get",
    path: "/v1/audit",
    summary:
      "Lists the audit log, newest first: who created or changed which business, key or preview, and who made a move or a backup.",
    inQuery: {
      action: about(text, "Only this action, such as business.move or backup.make."),
      business: about(text, "Only changes of the business with this slug."),
      before: about(text, "Only entries older than the one with this id."),
      limit: { type: "integer", minimum: 1, maximum: 200, default: 50 },
    },
    answers: {
      200: json(
        "The entries.",
        object({
          items: listOf(
            object({
              id,
              at: instant,
              actor: text,
              action: text,
              subject: about(
                text,
                "What was changed: an id, or for some actions a text, such as the folder of a backup.",
              ),
              business: about(orNull(text), "The slug of the business that is the subject."),
            }),
          ),
        }),
      ),
    },
  },
  {
    tag: "Businesses",
    user: "operator",
    method: "get",
    path: "/v1/generators/health",
    summary: "Asks every generator for its state. The answer takes three seconds at most.",
    answers: {
      200: json(
        "The states.",
        object({
          items: listOf(
            object({
              name: text,
              status: about(
                oneOf("ready", "starting", "busy", "local", "failed"),
                "local: the generator runs in the worker. failed: the generator could not be reached, or did not answer as expected.",
              ),
              free: about(
                orNull(whole),
                "How many generations the generator could begin immediately; null if the generator doesn't report this.",
              ),
              slots: about(
                orNull(whole),
                "How many generations the generator makes at the same time; null if the generator doesn't report this.",
              ),
              queued: orNull(whole),
              etaSeconds: about(
                orNull({ type: "number" }),
                "The seconds until a new generation would begin.",
              ),
              reason: about(orNull(text), "Why it failed."),
            }),
          ),
        }),
      ),
    },
  },
];
