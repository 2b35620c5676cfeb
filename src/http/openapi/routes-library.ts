// The library's routes, as the document tells them: versions, the trash, and receipts.
import { ref } from "./components.ts";
import { type DocumentedRoute, json } from "./operation.ts";
import { about, oneOf } from "./schema.ts";

const tag = "Library";

/** Projects, tracks and versions are thrown away and taken back alike. */
const trashRoutes = (["project", "track", "version"] as const).flatMap((kind): readonly DocumentedRoute[] => [
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

export const libraryRoutes: readonly DocumentedRoute[] = [
  {
    method: "get",
    path: "/v1/versions/{versionId}",
    tag,
    summary: "One version, with its links.",
    user: "user",
    answers: { 200: json("The version.", ref("Version")) },
  },
  ...trashRoutes,
  {
    method: "get",
    path: "/v1/receipts/{receiptId}",
    tag,
    summary: "What a purge removed.",
    user: "user",
    answers: { 200: json("The receipt.", ref("Receipt")) },
  },
];
