// Describes, for the OpenAPI document, the downloads: the file of a version, its waveform, and ZIPs of tracks.
import { ref } from "../../openapi/components.ts";
import { fileAnswers, rangeHeaders, signedQuery } from "../../openapi/file-parts.ts";
import type { DocumentedRoute } from "../../openapi/operation.ts";
import { about, bytes, oneOf, text } from "../../openapi/schema.ts";

const tag = "Hearing music";

export const downloadDocs: readonly DocumentedRoute[] = [
  {
    method: "get",
    path: "/v1/versions/{versionId}/download",
    tag,
    summary:
      "Sends a version as a file: its sound (MP3 or WAV), its notes (MIDI, MusicXML or ABC), or its parts (a ZIP of WAVs).",
    description:
      "A file with sound has tags, is marked as made by a machine, and is signed. POST /v1/verify checks the signature. The notes and the stems exist only for complete pieces of the built-in composer; for any other piece, the answer is CONFLICT.",
    user: "signed",
    inQuery: {
      format: { ...oneOf("mp3", "wav", "midi", "abc", "musicxml", "stems"), default: "mp3" },
      ...signedQuery,
    },
    inHeaders: rangeHeaders,
    answers: fileAnswers([
      { type: "audio/mpeg", schema: bytes },
      { type: "audio/wav", schema: bytes },
      { type: "audio/midi", schema: bytes },
      { type: "text/vnd.abc", schema: text },
      { type: "application/zip", schema: bytes },
      { type: "application/vnd.recordare.musicxml+xml", schema: text },
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
    summary: "Returns the waveform of a version.",
    user: "signed",
    inQuery: { format: { ...oneOf("dat", "json"), default: "dat" }, ...signedQuery },
    answers: {
      200: {
        says: "The waveform in audiowaveform's .dat format or as JSON.",
        content: [{ type: "application/octet-stream", schema: bytes }, { schema: ref("Waveform") }],
      },
    },
    errors: ["CONFLICT", "CONTENT_DAMAGED"],
  },
  {
    method: "get",
    path: "/v1/archive",
    tag,
    summary: "Sends the given tracks as a ZIP with a manifest.",
    user: "user",
    inQuery: {
      trackId: about(text, "The id of a track. For several tracks, repeat the parameter, up to 100 times."),
    },
    inHeaders: rangeHeaders,
    answers: fileAnswers([{ type: "application/zip", schema: bytes }]),
    errors: ["NOT_FOUND", "RANGE_NOT_SATISFIABLE", "TOO_MANY_REQUESTS", "UNAVAILABLE"],
  },
  {
    method: "get",
    path: "/v1/projects/{projectId}/archive",
    tag,
    summary: "Sends a project as a ZIP with a manifest.",
    user: "user",
    inHeaders: rangeHeaders,
    answers: fileAnswers([{ type: "application/zip", schema: bytes }]),
    errors: ["RANGE_NOT_SATISFIABLE", "TOO_MANY_REQUESTS", "UNAVAILABLE"],
  },
];
