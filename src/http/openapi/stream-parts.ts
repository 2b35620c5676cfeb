// The parts that the descriptions of all stream reads share: the Durable Streams protocol.
import type { Content, DocumentedRoute } from "./operation.ts";
import { about, oneOf, text } from "./schema.ts";

export const streamHeaders = {
  "Stream-Next-Offset": about(text, "Where to read on."),
  "Stream-Up-To-Date": about(oneOf("true"), "There is no more for now."),
  "Stream-Closed": about(oneOf("true"), "There will never be more."),
};

type StreamPart = Pick<DocumentedRoute, "description" | "inQuery" | "inHeaders" | "answers" | "errors">;

export const streamRead = (content: Content): StreamPart => ({
  description:
    "Reads on from an offset as the Durable Streams protocol does. A live read waits for what comes: one answer with long-poll, many with sse.",
  inQuery: {
    offset: about(text, "From an earlier answer; -1 for the start, now for the end. Needed by a live read."),
    live: about(oneOf("long-poll", "sse"), "Only what is there where it is left out."),
    cursor: about(text, "The Stream-Cursor of an earlier live read."),
  },
  inHeaders: {
    "If-None-Match": about(text, "An earlier answer's ETag."),
    "Last-Event-ID": about(text, "Where an sse read goes on; stronger than offset."),
  },
  answers: {
    200: {
      says: "What follows the offset.",
      headers: {
        ...streamHeaders,
        "Stream-Cursor": about(text, "Of a live read."),
        "Stream-SSE-Data-Encoding": about(oneOf("base64"), "Of an sse read of bytes."),
        ETag: text,
      },
      content: [content, { type: "text/event-stream", schema: text }],
    },
    204: { says: "A long-poll in which nothing came.", headers: streamHeaders },
    304: { says: "Nothing has changed since." },
  },
  errors: ["INVALID_OFFSET", "GONE", "CONTENT_DAMAGED"],
});

export const streamHead: StreamPart = {
  answers: {
    200: {
      says: "How far it is.",
      headers: {
        ...streamHeaders,
        "Stream-TTL": about(text, "Seconds without use after which it goes."),
        "Stream-Expires-At": text,
        ETag: text,
      },
    },
  },
  errors: ["GONE"],
};
