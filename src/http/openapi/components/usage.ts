// Describes the schemas of usage and quotas.
import { metrics } from "../../../businesses/limits/quotas.ts";
import { about, instant, listOf, object, oneOf, orNull, text, whole } from "../schema.ts";

export const usage = {
  Usage: object({
    from: about(text, "The first day."),
    to: about(text, "The last day."),
    items: listOf(
      object({
        day: text,
        userId: about(
          orNull(text),
          "The id of a user, or one of these values: null for all users together, `(business)` for the servers of the business and for listeners without an account, `(deleted)` for deleted users.",
        ),
        generations: about(whole, "The requested pieces, without those that failed."),
        seconds: about({ type: "number" }, "The length of the sound that was made, in seconds."),
        storedBytes: about(whole, "The bytes of the complete pieces."),
        servedBytes: about(whole, "The sum of the Content-Length of all answers with sound, in bytes."),
        queries: whole,
      }),
    ),
  }),
  QuotaState: object({
    of: oneOf("business", "user"),
    metric: oneOf(...metrics),
    per: oneOf("day", "month"),
    limit: whole,
    used: whole,
    left: whole,
    resetsAt: about(instant, "When the count starts again."),
  }),
} as const;
