// Describes the routes of a version, its sound included, in the OpenAPI document.
import { ref } from "../openapi/components.ts";
import { lengths, rangeHeaders, signedQuery } from "../openapi/file-parts.ts";
import { type DocumentedRoute, json } from "../openapi/operation.ts";
import { about, bytes, text } from "../openapi/schema.ts";

const tag = "Hearing music";

export const versionDocs: readonly DocumentedRoute[] = [
  {
    method: "get",
    path: "/v1/versions/{versionId}",
    tag: "Library",
    summary: "One version, with its links.",
    user: "user",
    answers: { 200: json("The version.", ref("Version")) },
  },
  {
    method: "get",
    path: "/v1/versions/{versionId}/audio",
    tag,
    summary: "The sound by byte ranges, while it is still being made and after.",
    description:
      "Answered to its end, with a range and without, growing as it is made. What lies far ahead of what is made, " +
      "and the tags that players look for at the end, are refused at once (503).",
    user: "signed",
    inQuery: signedQuery,
    inHeaders: rangeHeaders,
    answers: {
      200: {
        says: "All of it, as it comes.",
        headers: lengths,
        content: [{ type: "audio/mpeg", schema: bytes }],
      },
      206: {
        says: "The range, as it is made, against the total to come.",
        headers: { ...lengths, "Content-Range": text },
        content: [{ type: "audio/mpeg", schema: bytes }],
      },
      302: { says: "The finished sound lies elsewhere.", headers: { Location: text } },
      304: { says: "Nothing has changed since." },
    },
    errors: ["RANGE_NOT_SATISFIABLE", "CONTENT_DAMAGED", "GENERATION_FAILED", "UNAVAILABLE"],
  },
  {
    method: "get",
    path: "/v1/versions/{versionId}/playlist.m3u8",
    tag,
    summary: "The same sound as HLS: every segment there will be, where the length is planned.",
    user: "signed",
    inQuery: signedQuery,
    answers: {
      200: { says: "The playlist.", content: [{ type: "application/vnd.apple.mpegurl", schema: text }] },
    },
    errors: ["CONTENT_DAMAGED", "GENERATION_FAILED", "UNAVAILABLE"],
  },
  {
    method: "get",
    path: "/v1/versions/{versionId}/segments/{file}",
    tag,
    summary: "A segment of the playlist.",
    user: "signed",
    inPath: {
      file: about({ type: "string", pattern: "^\\d+\\.mp3$" }, "As the playlist names it: 0.mp3, 1.mp3…"),
    },
    inQuery: signedQuery,
    answers: {
      200: {
        says: "Two or three seconds, growing while they are made.",
        content: [{ type: "audio/mpeg", schema: bytes }],
      },
      304: { says: "Nothing has changed since." },
    },
    errors: ["CONTENT_DAMAGED", "UNAVAILABLE"],
  },
];
