// Describes the routes that change, delete and restore music, and show receipts, in the OpenAPI document.
import { ref } from "../openapi/components.ts";
import { type DocumentedRoute, json } from "../openapi/operation.ts";
import { about, oneOf, sentAs } from "../openapi/schema.ts";
import { versionBody } from "./library.ts";
import { idempotencyHeader } from "./making-request.docs.ts";

const tag = "Library";

/** Projects, tracks and versions are deleted and restored in the same way. */
const trashDocs = (["project", "track", "version"] as const).flatMap((kind): readonly DocumentedRoute[] => [
  {
    method: "delete",
    path: `/v1/${kind}s/{${kind}Id}`,
    tag,
    summary: `Throw a ${kind} into the trash, with all that is in it.`,
    description: "What is in the trash already stays there, under the act that took it.",
    user: "user",
    inQuery: { purge: about(oneOf("now"), "Remove for good what lies in the trash, before its time.") },
    answers: {
      200: json("It is in the trash.", ref("Deletion")),
      202: json("It is being removed for good.", ref("Receipt")),
    },
    errors: ["CONFLICT"],
  },
  {
    method: "post",
    path: `/v1/${kind}s/{${kind}Id}/restore`,
    tag,
    summary: `Take a ${kind} back out of the trash.`,
    description: "What was deleted together comes back together, with what it lies in.",
    user: "user",
    answers: { 200: json("What came back; nothing where it was not in the trash.", ref("Restored")) },
  },
]);

export const libraryDocs: readonly DocumentedRoute[] = [
  {
    method: "post",
    path: "/v1/versions/{versionId}/versions",
    tag: "Making music",
    summary: "A new version made from this one, changed as the instruction says.",
    description: "durationSeconds and seed beside the words are stronger than the words.",
    user: "user",
    inHeaders: idempotencyHeader,
    body: { schema: sentAs(versionBody) },
    answers: { 200: json("It will be made.", ref("StartedVersion")) },
    errors: ["CONFLICT", "IDEMPOTENCY_MISMATCH", "UNAVAILABLE"],
  },
  ...trashDocs,
  {
    method: "get",
    path: "/v1/receipts/{receiptId}",
    tag,
    summary: "What a purge removed.",
    user: "user",
    answers: { 200: json("The receipt.", ref("Receipt")) },
  },
];
