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
    summary: "Counts the generations of the business in a period; by default, today (UTC).",
    inQuery: { business, from: instant, to: about(instant, "The end of the period; it is excluded.") },
    answers: {
      200: json(
        "The counts.",
        object({
          ...{ from: instant, to: instant, states: count, users: whole },
          seconds: about(whole, "The total length of the finished pieces in seconds."),
          failures: about(
            listOf(object({ code: text, count: whole })),
            "The most frequent reasons for failures.",
          ),
          waitMs: about(
            percentiles,
            "The milliseconds between the request and the start of the generator; null: no generation has started.",
          ),
          listeners: about(
            whole,
            "The number of listeners who now hear music of the business that is still being generated. Only listeners of the process that sends this response are counted.",
          ),
          firstSoundMs: about(
            percentiles,
            "The milliseconds between the request for a piece and the first sound that a listener received. Only the latest 200 pieces are counted that were heard through the process that sends this response; null: none was heard.",
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
      "A search examines 5,000 generations at a time, so a page may be empty although older generations match. Read the next page as long as next is not null.",
    inQuery: {
      business,
      state: oneOf("queued", "running", "complete", "failed", "cancelled"),
      userId: text,
      text: about(text, "A part of the prompt, of the title or of the reason for the failure; or an id."),
      from: about(instant, "Only generations that were requested at this time or later."),
      to: about(instant, "Only generations that were requested before this time."),
      before: about(text, "The value of next in the previous page."),
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
      "The prompt, the seed and the options stay the same. If the version was made by an instruction, its plan stays the same, too. The new generation counts towards the quotas of the user.",
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
