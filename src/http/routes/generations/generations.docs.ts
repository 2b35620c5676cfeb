// Describes, for the OpenAPI document, the routes that start, return and stop a generation.
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { sentAs } from "../../openapi/schema.ts";
import { startBody } from "./generations.ts";
import { idempotencyHeader } from "./making-request.docs.ts";

const tag = "Making music";

export const generationDocs: readonly DocumentedRoute[] = [
  {
    method: "post",
    path: "/v1/generations",
    tag,
    summary:
      "Starts a generation. The answer comes immediately. Its links play the sound while the sound is being made.",
    description:
      "The field `durationSeconds` sets the length. If it is absent, the prompt sets the length. If the prompt names no length, the piece is one minute long. If `durationSeconds` is \"endless\", the built-in composer goes on with new material until DELETE stops the generation, or until the operator's limit (RONDO_LIMIT_ENDLESS_MINUTES). A user can have one endless piece at a time. The field `generator` contains the name of one of the operator's generators. If `generator` is absent, Rondo tries the business's generators in their order until one of them begins the piece. The wishes in the field `options` are added to the prompt, and take precedence over the prompt.",
    user: "user",
    inHeaders: idempotencyHeader,
    body: { schema: sentAs(startBody) },
    answers: {
      200: json(
        "The generation is stored and will run, even if this process ends.",
        ref("StartedGeneration"),
      ),
    },
    errors: ["NOT_FOUND", "IDEMPOTENCY_MISMATCH", "QUOTA_REACHED", "UNAVAILABLE"],
  },
  {
    method: "get",
    path: "/v1/generations/{requestId}",
    tag,
    summary: "Returns the state of a generation.",
    user: "user",
    answers: { 200: json("The generation.", ref("Generation")) },
  },
  {
    method: "delete",
    path: "/v1/generations/{requestId}",
    tag,
    summary:
      "Cancels a generation. The sound that exists is kept. An endless piece that has begun is not cancelled but ended: it is complete within seconds.",
    user: "user",
    answers: { 200: json("The generation. One that had already ended is unchanged.", ref("Generation")) },
  },
];
