// Describes, for the OpenAPI document, the route that verifies a file.
import { ref } from "../../openapi/components.ts";
import type { DocumentedRoute } from "../../openapi/operation.ts";
import { about, bytes } from "../../openapi/schema.ts";

const tag = "Hearing music";

export const verifyDocs: readonly DocumentedRoute[] = [
  {
    method: "post",
    path: "/v1/verify",
    tag,
    summary:
      "Checks whether a file was made by this Rondo and whether its sound is unaltered. The file is not stored.",
    user: "anyone",
    body: {
      type: "application/octet-stream",
      schema: about(bytes, "The MP3 or WAV file, with any Content-Type, at most 112 MiB."),
    },
    answers: { 200: { says: "The verdict.", content: [{ schema: ref("Verdict") }] } },
    errors: ["INVALID_BODY", "BODY_TOO_LARGE", "UNAVAILABLE"],
  },
];
