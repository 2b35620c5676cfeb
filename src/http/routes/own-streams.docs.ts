// Describes the routes of a business's own streams in the OpenAPI document.
import type { DocumentedRoute } from "../openapi/operation.ts";
import { about, bytes, instant, oneOf, text, whole } from "../openapi/schema.ts";
import { streamHead, streamHeaders, streamRead } from "../openapi/stream-parts.ts";

const at = {
  path: "/v1/stream/{path}",
  tag: "Own streams",
  user: "business",
  inPath: { path: about(text, "The stream's name: any path, with slashes as they are.") },
} as const;

const { "Stream-Next-Offset": next, "Stream-Closed": closed } = streamHeaders;
const tail = { "Stream-Next-Offset": next, "Stream-Closed": closed };
const closing = { "Stream-Closed": about(oneOf("true"), "Nothing comes after this.") };
const anyBytes = { type: "*/*", schema: bytes } as const;

export const ownStreamDocs: readonly DocumentedRoute[] = [
  {
    ...at,
    method: "put",
    summary: "Make a stream, empty or with its first bytes.",
    description:
      "Its content type is the body's. Again with the same options is no error. A fork begins as another stream was at an offset.",
    inHeaders: {
      ...closing,
      "Stream-TTL": about(whole, "Seconds without use after which it goes."),
      "Stream-Expires-At": about(instant, "When it goes, used or not; instead of Stream-TTL."),
      "Stream-Forked-From": about(text, "The path of the stream to fork."),
      "Stream-Fork-Offset": about(text, "Where; its end where it is left out."),
      "Stream-Fork-Sub-Offset": about(whole, "Bytes, or messages, after that offset."),
    },
    body: { ...anyBytes, isOptional: true },
    answers: {
      200: { says: "It was there already.", headers: tail },
      201: { says: "It is made.", headers: { ...tail, Location: text } },
    },
    errors: [
      "INVALID_PARAMETER",
      "INVALID_OFFSET",
      "INVALID_BODY",
      "BODY_TOO_LARGE",
      "STREAM_CONFLICT",
      "GONE",
      "STORAGE_FULL",
    ],
  },
  {
    ...at,
    method: "post",
    summary: "Add to a stream, close it, or both.",
    description:
      "A producer that numbers its appends may repeat them: each is stored once. In a JSON stream, an array is its items.",
    inHeaders: {
      ...closing,
      "Stream-Seq": about(text, "Has to be larger than the last one, as text."),
      "Producer-Id": about(text, "Goes together with the next two."),
      "Producer-Epoch": about(whole, "A higher one fences off the lower ones."),
      "Producer-Seq": about(whole, "0, 1, 2… within the epoch."),
    },
    body: { ...anyBytes, isOptional: true },
    answers: {
      200: {
        says: "Stored, for a producer that numbers its appends.",
        headers: { ...tail, "Producer-Epoch": text, "Producer-Seq": text },
      },
      204: { says: "Stored; or it was already.", headers: tail },
    },
    errors: [
      "INVALID_PARAMETER",
      "INVALID_BODY",
      "BODY_TOO_LARGE",
      "STREAM_CLOSED",
      "STREAM_CONFLICT",
      "PRODUCER_FENCED",
      "PRODUCER_GAP",
      "GONE",
      "STORAGE_FULL",
    ],
  },
  { ...at, method: "get", summary: "Read a stream.", ...streamRead(anyBytes) },
  { ...at, method: "head", summary: "How far it is, and when it goes.", ...streamHead },
  {
    ...at,
    method: "delete",
    summary: "Remove a stream.",
    answers: { 204: { says: "It is gone." } },
    errors: ["GONE"],
  },
];
