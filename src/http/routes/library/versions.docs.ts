// Describes, for the OpenAPI document, the routes of a version and its sound.
import { ref } from "../../openapi/components.ts";
import { lengths, rangeHeaders, signedQuery } from "../../openapi/file-parts.ts";
import { type DocumentedRoute, json } from "../../openapi/operation.ts";
import { about, bytes, text } from "../../openapi/schema.ts";

const tag = "Hearing music";

export const versionDocs: readonly DocumentedRoute[] = [
  {
    method: "get",
    path: "/v1/versions/{versionId}",
    tag: "Library",
    summary: "Returns one version with its links.",
    user: "user",
    answers: { 200: json("The version.", ref("Version")) },
  },
  {
    method: "get",
    path: "/v1/versions/{versionId}/audio",
    tag,
    summary: "Sends the sound of a version, or a byte range of it, during and after generation.",
    description:
      "During generation, the answer sends the sound as it is made, up to the end of the range. A range far ahead of the existing sound is refused at once with 503. " +
      "A range at the end of the file, where players look for tags, is usually refused for this reason.",
    user: "signed",
    inQuery: signedQuery,
    inHeaders: rangeHeaders,
    answers: {
      200: {
        says: "The whole sound, as it is made.",
        headers: lengths,
        content: [{ type: "audio/mpeg", schema: bytes }],
      },
      206: {
        says: "The range, as it is made; Content-Range contains the planned length of the whole sound.",
        headers: { ...lengths, "Content-Range": text },
        content: [{ type: "audio/mpeg", schema: bytes }],
      },
      302: { says: "The finished sound is at another address.", headers: { Location: text } },
      304: { says: "The content has not changed." },
    },
    errors: ["RANGE_NOT_SATISFIABLE", "CONTENT_DAMAGED", "GENERATION_FAILED", "UNAVAILABLE"],
  },
  {
    method: "get",
    path: "/v1/versions/{versionId}/playlist.m3u8",
    tag,
    summary:
      "Returns the HLS playlist of the sound. If the length is known in advance, the playlist lists all segments from the start.",
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
    summary: "Sends a segment of the playlist.",
    user: "signed",
    inPath: {
      file: about(
        { type: "string", pattern: "^\\d+\\.mp3$" },
        "The name of the segment in the playlist: 0.mp3, 1.mp3…",
      ),
    },
    inQuery: signedQuery,
    answers: {
      200: {
        says: "Two or three seconds of sound, as they are made.",
        content: [{ type: "audio/mpeg", schema: bytes }],
      },
      304: { says: "The content has not changed." },
    },
    errors: ["CONTENT_DAMAGED", "UNAVAILABLE"],
  },
];
