// Describes, for the OpenAPI document, the routes with which a business manages the generations of its users.
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, instant, listOf, object, oneOf, orNull, text, whole } from "../../openapi/schema.ts";

const business = about(text, "The slug of the business. Only the operator sends it.");
const manage = { tag: "Managing a business", user: "manager", inQuery: { business } } as const;
const oneGeneration = { ...manage, path: "/v1/manage/generations/{requestId}" } as const;
const percentiles = { ...object({ count: whole, p50: whole, p95: whole }), type: ["object", "null"] };
const count = object(
  Object.fromEntries(["queued", "running", "complete", "failed", "cancelled"].map((name) => [name, whole])),
);

export const managedGenerationDocs: readonly DocumentedRoute[] = [
  {
    ...manage,
    method: "get",
    path: "/v1/manage/summary",
    summary: "Counts the generations of the business in a period: by default today, in UTC.",
    inQuery: { business, from: instant, to: about(instant, "The end of the period; it is excluded.") },
    answers: {
      200: json(
        "The counts.",
        object({
          ...{ from: instant, to: instant, states: count, users: whole },
          seconds: about(whole, "The length of the finished pieces."),
          failures: about(
            listOf(object({ code: text, count: whole })),
            "The most frequent reasons of failures.",
          ),
          waitMs: about(
            percentiles,
            "The time between the request and the start of the generator, in milliseconds; null: none has started.",
          ),
          listeners: about(
            whole,
            "The number of listeners that hear music of the business now while it is generated, in the process that answers.",
          ),
          firstSoundMs: about(
            percentiles,
            "The time between the request and the first sound at a listener, in milliseconds, of the latest 200 pieces that were heard in the process that answers; null: none was heard.",
          ),
        }),
      ),
    },
  },
  {
    ...manage,
    method: "get",
    path: "/v1/manage/generations",
    summary: "Finds generations of all users of the business, newest first.",
    description:
      "A search examines 5,000 generations at a time, so a page may be empty although there are older ones: read on while next is not null.",
    inQuery: {
      business,
      state: oneOf("queued", "running", "complete", "failed", "cancelled"),
      userId: text,
      text: about(text, "A part of the prompt, the title, the reason of the failure, or an id."),
      from: about(instant, "Requested at this instant or later."),
      to: about(instant, "Requested before this instant."),
      before: about(text, "The next of the page before."),
      limit: { type: "integer", minimum: 1, maximum: 200, default: 50 },
    },
    answers: {
      200: json("The generations.", object({ items: listOf(ref("ManagedGeneration")), next: orNull(text) })),
    },
  },
  {
    ...oneGeneration,
    method: "get",
    summary: "Returns a generation with its events.",
    answers: { 200: json("The generation.", ref("GenerationWithEvents")) },
  },
  {
    ...oneGeneration,
    method: "post",
    path: "/v1/manage/generations/{requestId}/cancel",
    summary: "Cancels a generation. The sound that exists is kept.",
    answers: {
      200: json("The generation. One that had already ended is unchanged.", ref("GenerationWithEvents")),
    },
  },
  {
    ...oneGeneration,
    method: "post",
    path: "/v1/manage/generations/{requestId}/retry",
    summary: "Requests a failed or cancelled generation again, as a new version of its track.",
    description:
      "The prompt and the seed are the same; for a version that was made with an instruction, the plan, too. It counts towards the quotas of the user.",
    answers: {
      200: json(
        "The new generation.",
        object({
          userId: text,
          requestId: text,
          projectId: text,
          trackId: text,
          versionId: text,
          seed: whole,
        }),
      ),
    },
    errors: ["CONFLICT", "QUOTA_REACHED", "UNAVAILABLE"],
  },
];
