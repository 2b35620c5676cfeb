// Describes the parts that all reads of streams have in common, according to the Durable Streams protocol.
import type { Content, DocumentedRoute } from "./operation.ts";
import { about, oneOf, text } from "./schema.ts";

export const streamHeaders = {
  "Stream-Next-Offset": about(text, "The offset of the next read."),
  "Stream-Up-To-Date": about(oneOf("true"), "The answer reaches the current end of the stream."),
  "Stream-Closed": about(oneOf("true"), "The stream is closed: nothing will be appended."),
};

type StreamPart = Pick<DocumentedRoute, "description" | "inQuery" | "inHeaders" | "answers" | "errors">;

export const streamRead = (content: Content): StreamPart => ({
  description:
    "Reads a stream from an offset by the Durable Streams protocol. A live read waits for new data: long-poll returns one answer, and sse sends events until the connection ends.",
  inQuery: {
    offset: about(
      text,
      "Where the read begins: the Stream-Next-Offset of an earlier answer, -1 for the start of the stream, or now for its end. A live read needs an offset.",
    ),
    live: about(
      oneOf("long-poll", "sse"),
      "How to wait for new data. Without it, only existing data is returned.",
    ),
    cursor: about(text, "The Stream-Cursor of an earlier live read."),
  },
  inHeaders: {
    "If-None-Match": about(text, "The ETag of an earlier answer."),
    "Last-Event-ID": about(
      text,
      "The offset at which an sse read continues. It takes precedence over offset.",
    ),
  },
  answers: {
    200: {
      says: "The data after the offset.",
      headers: {
        ...streamHeaders,
        "Stream-Cursor": about(text, "The cursor to send with the next live read."),
        "Stream-SSE-Data-Encoding": about(
          oneOf("base64"),
          "The encoding of the data in an sse read of bytes.",
        ),
        ETag: text,
      },
      content: [content, { type: "text/event-stream", schema: text }],
    },
    204: { says: "No data arrived during the long-poll.", headers: streamHeaders },
    304: { says: "The content has not changed." },
  },
  errors: ["INVALID_OFFSET", "GONE", "CONTENT_DAMAGED"],
});

export const streamHead: StreamPart = {
  answers: {
    200: {
      says: "The state of the stream.",
      headers: {
        ...streamHeaders,
        "Stream-TTL": about(
          text,
          "The stream is deleted after this many seconds without a read or an append.",
        ),
        "Stream-Expires-At": text,
        ETag: text,
      },
    },
  },
  errors: ["GONE"],
};
