// The routes that sound comes from, as the document tells them.
import { ref } from "./components.ts";
import type { Answer, DocumentedRoute } from "./operation.ts";
import { about, bytes, oneOf, text } from "./schema.ts";
import { streamHead, streamRead } from "./stream-parts.ts";

const tag = "Hearing music";
const chunks = "/v1/generations/{requestId}/chunks";

const signedQuery = {
  business: about(text, "Part of a signed link."),
  expires: about(text, "Part of a signed link: seconds since 1970."),
};
const rangeHeaders = {
  Range: about(text, "bytes=first-last."),
  "If-Range": about(text, "The ETag for which the range holds."),
  "If-None-Match": about(text, "An earlier answer's ETag."),
};
const lengths = { ETag: text, "Accept-Ranges": text, "Content-Length": text };

const fileAnswers = (content: Answer["content"]): Readonly<Record<number, Answer>> => ({
  200: { says: "The whole.", headers: { ...lengths, "Content-Disposition": text }, content: content ?? [] },
  206: {
    says: "The range.",
    headers: { ...lengths, "Content-Range": text, "Content-Disposition": text },
    content: content ?? [],
  },
  304: { says: "Nothing has changed since." },
});

export const hearingRoutes: readonly DocumentedRoute[] = [
  {
    method: "get",
    path: chunks,
    tag,
    summary: "The sound as a stream: catch up, long-poll or follow.",
    user: "user",
    ...streamRead({ type: "audio/mpeg", schema: bytes }),
  },
  { method: "head", path: chunks, tag, summary: "How far that stream is.", user: "user", ...streamHead },
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
  {
    method: "get",
    path: "/v1/versions/{versionId}/download",
    tag,
    summary: "The file to keep, with tags and a name.",
    description: "It says of itself that a machine made it, and is signed: POST /v1/verify checks that.",
    user: "signed",
    inQuery: { format: { ...oneOf("mp3", "wav"), default: "mp3" }, ...signedQuery },
    inHeaders: rangeHeaders,
    answers: fileAnswers([
      { type: "audio/mpeg", schema: bytes },
      { type: "audio/wav", schema: bytes },
    ]),
    errors: [
      "CONFLICT",
      "RANGE_NOT_SATISFIABLE",
      "CONTENT_DAMAGED",
      "TOO_MANY_REQUESTS",
      "UNAVAILABLE",
      "STORAGE_FULL",
    ],
  },
  {
    method: "get",
    path: "/v1/versions/{versionId}/peaks",
    tag,
    summary: "The waveform.",
    user: "signed",
    inQuery: { format: { ...oneOf("dat", "json"), default: "dat" }, ...signedQuery },
    answers: {
      200: {
        says: "The waveform: audiowaveform's .dat, or its JSON.",
        content: [{ type: "application/octet-stream", schema: bytes }, { schema: ref("Waveform") }],
      },
    },
    errors: ["CONFLICT", "CONTENT_DAMAGED"],
  },
  {
    method: "get",
    path: "/v1/projects/{projectId}/archive",
    tag,
    summary: "A project as a ZIP with a manifest.",
    user: "user",
    inHeaders: rangeHeaders,
    answers: fileAnswers([{ type: "application/zip", schema: bytes }]),
    errors: ["RANGE_NOT_SATISFIABLE", "TOO_MANY_REQUESTS", "UNAVAILABLE"],
  },
  {
    method: "post",
    path: "/v1/verify",
    tag,
    summary: "Was this file made here, and is its sound as it was made? Nothing is kept.",
    user: "anyone",
    body: {
      type: "application/octet-stream",
      schema: about(bytes, "The MP3 or WAV file, of any type, at most 112 MiB."),
    },
    answers: { 200: { says: "The verdict.", content: [{ schema: ref("Verdict") }] } },
    errors: ["INVALID_BODY", "BODY_TOO_LARGE", "UNAVAILABLE"],
  },
];
