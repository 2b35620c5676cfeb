// Describes the routes that start, show and stop a generation in the OpenAPI document.
import { ref } from "../openapi/components.ts";
import { type DocumentedRoute, json } from "../openapi/operation.ts";
import { sentAs } from "../openapi/schema.ts";
import { startBody } from "./generations.ts";
import { idempotencyHeader } from "./making-request.docs.ts";

const tag = "Making music";

export const generationDocs: readonly DocumentedRoute[] = [
  {
    method: "post",
    path: "/v1/generations",
    tag,
    summary: "Ask for music. The answer comes at once; the sound follows on its links.",
    description: "How long it gets is said by durationSeconds, else by the prompt, else it is a minute.",
    user: "user",
    inHeaders: idempotencyHeader,
    body: { schema: sentAs(startBody) },
    answers: { 200: json("It will be made, whatever happens to this process.", ref("StartedGeneration")) },
    errors: ["NOT_FOUND", "IDEMPOTENCY_MISMATCH", "UNAVAILABLE"],
  },
  {
    method: "get",
    path: "/v1/generations/{requestId}",
    tag,
    summary: "How far it is.",
    user: "user",
    answers: { 200: json("The generation.", ref("Generation")) },
  },
  {
    method: "delete",
    path: "/v1/generations/{requestId}",
    tag,
    summary: "Stop it. What was made is kept.",
    user: "user",
    answers: { 200: json("The generation; one that had ended stays as it was.", ref("Generation")) },
  },
];
