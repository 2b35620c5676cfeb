// Header names and the headers on every answer of the Durable Streams protocol.

export const nextOffset = "stream-next-offset";
export const streamClosed = "stream-closed";
export const upToDate = "stream-up-to-date";
export const cursorHeader = "stream-cursor";

const exposed =
  "Stream-Next-Offset, Stream-Cursor, Stream-Up-To-Date, Stream-Closed, Stream-TTL, Stream-Expires-At, " +
  "Stream-SSE-Data-Encoding, Producer-Epoch, Producer-Seq, Producer-Expected-Seq, Producer-Received-Seq, " +
  "ETag, Content-Type, Location, Retry-After";

/** Any page may ask, with a key or a token of its own: cookies are never sent to a wildcard origin. */
export const always: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "cross-origin",
  "access-control-allow-origin": "*",
  "access-control-expose-headers": exposed,
};

export const preflight: Readonly<Record<string, string>> = {
  ...always,
  "access-control-allow-methods": "GET, POST, PUT, DELETE, HEAD, OPTIONS",
  "access-control-allow-headers":
    "Content-Type, Authorization, If-None-Match, Last-Event-ID, Stream-Seq, Stream-TTL, Stream-Expires-At, " +
    "Stream-Closed, Producer-Id, Producer-Epoch, Producer-Seq, Stream-Forked-From, Stream-Fork-Offset, " +
    "Stream-Fork-Sub-Offset",
  "access-control-max-age": "86400",
};
