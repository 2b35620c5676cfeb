// Describes, for the OpenAPI document, the routes that start a new version, delete and restore music, and return
// receipts.
import { ref } from "../../openapi/components.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, oneOf, sentAs } from "../../openapi/schema.ts";
import { versionBody } from "./library.ts";
import { idempotencyHeader } from "../generations/making-request.docs.ts";

const tag = "Library";

/** The routes that delete and restore projects, tracks and versions. Each kind has the same two routes. */
const trashDocs = (["project", "track", "version"] as const).flatMap((kind): readonly DocumentedRoute[] => [
  {
    method: "delete",
    path: `/v1/${kind}s/{${kind}Id}`,
    tag,
    summary: `Moves a ${kind} to the trash, with everything in it.`,
    description: `If a thing in the ${kind} was already in the trash, it stays there when the ${kind} is restored.`,
    user: "user",
    inQuery: {
      purge: about(
        oneOf("now"),
        `now: permanently removes a ${kind} that is already in the trash, without waiting for the end of its time there.`,
      ),
    },
    answers: {
      200: json(`The ${kind} is in the trash.`, ref("Deletion")),
      202: json(`The ${kind} is being removed for good.`, ref("Receipt")),
    },
    errors: ["CONFLICT"],
  },
  {
    method: "post",
    path: `/v1/${kind}s/{${kind}Id}/restore`,
    tag,
    summary: `Restores a ${kind} from the trash.`,
    description:
      "Things that were deleted together are restored together. The track and the project that contain them are restored, too.",
    user: "user",
    answers: {
      200: json(`How many things were restored; 0 if the ${kind} was not in the trash.`, ref("Restored")),
    },
  },
]);

export const libraryDocs: readonly DocumentedRoute[] = [
  {
    method: "post",
    path: "/v1/versions/{versionId}/versions",
    tag: "Making music",
    summary: "Starts a new version from this one, changed by an instruction.",
    description: "durationSeconds and seed take precedence over the instruction.",
    user: "user",
    inHeaders: idempotencyHeader,
    body: { schema: sentAs(versionBody) },
    answers: { 200: json("The version is stored and will be made.", ref("StartedVersion")) },
    errors: ["CONFLICT", "IDEMPOTENCY_MISMATCH", "QUOTA_REACHED", "UNAVAILABLE"],
  },
  ...trashDocs,
  {
    method: "get",
    path: "/v1/receipts/{receiptId}",
    tag,
    summary: "Returns the receipt of a purge.",
    user: "user",
    answers: { 200: json("The receipt.", ref("Receipt")) },
  },
];
