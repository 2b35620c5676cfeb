// Server-Sent Events of the Durable Streams protocol (section 5.7): a data event, and the control event that follows it.
import type { Span } from "../ports/chunk-cache/chunk-cache.ts";
import { isJsonType, joinMessages } from "./json-messages.ts";
import { formatOffset } from "./offset.ts";

export type SseEncoding = "json" | "text" | "base64";

export interface Control {
  readonly offset: string;
  readonly isUpToDate: boolean;
  readonly isClosed: boolean;
  readonly cursor: string;
}

export const sseEncodingOf = (contentType: string): SseEncoding => {
  if (isJsonType(contentType)) return "json";
  return /^\s*text\//i.test(contentType) ? "text" : "base64";
};

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Thousands who listen at the same place get the same bytes, made once. */
const made = new WeakMap<Span, Uint8Array>();

/** One span of a stream is always encoded the same way. The event's id lets a browser resume by itself. */
export function dataEvent(span: Span, encoding: SseEncoding): Uint8Array {
  const known = made.get(span);
  if (known !== undefined) return known;
  const id = formatOffset(span.next, span.streamId);
  const event = encoder.encode(`event: data\nid: ${id}\n${dataLines(payloadOf(span.chunks, encoding))}\n`);
  made.set(span, event);
  return event;
}

export function controlEvent({ offset, isUpToDate, isClosed, cursor }: Control): Uint8Array {
  const rest = isClosed
    ? { streamClosed: true }
    : { streamCursor: cursor, ...(isUpToDate ? { upToDate: true } : {}) };
  return encoder.encode(
    `event: control\n${dataLines(JSON.stringify({ streamNextOffset: offset, ...rest }))}\n`,
  );
}

function payloadOf(chunks: readonly Uint8Array[], encoding: SseEncoding): string {
  if (encoding === "base64") return Buffer.concat(chunks).toString("base64");
  return decoder.decode(encoding === "json" ? joinMessages(chunks) : Buffer.concat(chunks));
}

/**
 * Each line apart, whatever ends it: nothing in the data can begin a field or an event of its own.
 * A reader takes one leading space away, so only a line that begins with one gets another.
 */
const dataLines = (payload: string): string =>
  `${payload
    .split(/\r\n|\r|\n/)
    .map((line) => (line.startsWith(" ") ? `data: ${line}` : `data:${line}`))
    .join("\n")}\n`;
