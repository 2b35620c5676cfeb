// Describes, for the OpenAPI document, the routes of the streams that a business itself creates.
import type { DocumentedRoute } from "../../openapi/operation.ts";
import { about, bytes, instant, oneOf, text, whole } from "../../openapi/schema.ts";
import { streamHead, streamHeaders, streamRead } from "../../openapi/stream-parts.ts";

const at = {
  path: "/v1/stream/{path}",
  tag: "Own streams",
  user: "business",
  inPath: { path: about(text, "The stream's path, which may contain unescaped slashes.") },
} as const;

const { "Stream-Next-Offset": next, "Stream-Closed": closed } = streamHeaders;
const tail = { "Stream-Next-Offset": next, "Stream-Closed": closed };
const closing = { "Stream-Closed": about(oneOf("true"), "Closes the stream after this request.") };
const anyBytes = { type: "*/*", schema: bytes } as const;

export const ownStreamDocs: readonly DocumentedRoute[] = [
  {
    ...at,
    method: "put",
    summary: "Creates a stream, empty or with its first bytes.",
    description:
      "The stream gets the content type of the body. Creating the same stream again with the same options is no error. With Stream-Forked-From, the new stream is a fork: it begins with the bytes of another stream, up to an offset.",
    inHeaders: {
      ...closing,
      "Stream-TTL": about(
        whole,
        "The stream is deleted after this many seconds without a read or an append.",
      ),
      "Stream-Expires-At": about(
        instant,
        "The time at which the stream is deleted. It can't be combined with Stream-TTL.",
      ),
      "Stream-Forked-From": about(text, "The path of the stream to fork."),
      "Stream-Fork-Offset": about(text, "The offset at which to fork; by default the end of the stream."),
      "Stream-Fork-Sub-Offset": about(
        whole,
        "The stream is forked this many bytes after Stream-Fork-Offset; in a JSON stream, this many messages after it.",
      ),
    },
    body: { ...anyBytes, isOptional: true },
    answers: {
      200: { says: "The stream existed already.", headers: tail },
      201: { says: "The stream was created.", headers: { ...tail, Location: text } },
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
    summary: "Appends to a stream, closes it, or both.",
    description:
      "If a producer numbers its appends, it can safely send an append again: each append is stored once. In a JSON stream, each item of an array is a message.",
    inHeaders: {
      ...closing,
      "Stream-Seq": about(
        text,
        "Has to be larger than the Stream-Seq of the last append. Values are compared as texts.",
      ),
      "Producer-Id": about(text, "Identifies the producer. It requires Producer-Epoch and Producer-Seq."),
      "Producer-Epoch": about(whole, "Once an epoch has been used, appends with a lower epoch are refused."),
      "Producer-Seq": about(whole, "Numbers the appends within the epoch: 0, 1, 2…"),
    },
    body: { ...anyBytes, isOptional: true },
    answers: {
      200: {
        says: "The append has a Producer-Id and is stored.",
        headers: { ...tail, "Producer-Epoch": text, "Producer-Seq": text },
      },
      204: {
        says: "The append is stored. The status is 204 and not 200 in three cases: the append has no Producer-Id, it was stored earlier, or it has no data and only closes the stream.",
        headers: tail,
      },
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
  { ...at, method: "get", summary: "Reads a stream.", ...streamRead(anyBytes) },
  { ...at, method: "head", summary: "Returns the state of a stream and its expiry.", ...streamHead },
  {
    ...at,
    method: "delete",
    summary: "Deletes a stream.",
    answers: { 204: { says: "The stream is deleted." } },
    errors: ["GONE"],
  },
];
