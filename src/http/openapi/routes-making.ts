// The routes that make music, as the document tells them.
import { startBody } from "../routes/generations.ts";
import { versionBody } from "../routes/library.ts";
import { ref } from "./components.ts";
import { type DocumentedRoute, json } from "./operation.ts";
import { about, listOf, sentAs } from "./schema.ts";
import { streamHead, streamRead } from "./stream-parts.ts";

const tag = "Making music";
const inHeaders = {
  "Idempotency-Key": about(
    { type: "string", pattern: "^[!-~]{1,255}$" },
    "The same key with the same request gives the first answer again.",
  ),
};
const events = "/v1/generations/{requestId}/events";

export const makingRoutes: readonly DocumentedRoute[] = [
  {
    method: "post",
    path: "/v1/generations",
    tag,
    summary: "Ask for music. The answer comes at once; the sound follows on its links.",
    description: "How long it gets is said by durationSeconds, else by the prompt, else it is a minute.",
    user: "user",
    inHeaders,
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
  {
    method: "get",
    path: events,
    tag,
    summary: "States and progress as a stream of JSON.",
    user: "user",
    ...streamRead({ schema: listOf(ref("GenerationEvent")) }),
  },
  { method: "head", path: events, tag, summary: "How far that stream is.", user: "user", ...streamHead },
  {
    method: "post",
    path: "/v1/versions/{versionId}/versions",
    tag,
    summary: "A new version made from this one, changed as the instruction says.",
    description: "durationSeconds and seed beside the words are stronger than the words.",
    user: "user",
    inHeaders,
    body: { schema: sentAs(versionBody) },
    answers: { 200: json("It will be made.", ref("StartedVersion")) },
    errors: ["CONFLICT", "IDEMPOTENCY_MISMATCH", "UNAVAILABLE"],
  },
];
