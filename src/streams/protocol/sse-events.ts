// Encodes the Server-Sent Events of the Durable Streams protocol (section 5.7): a data event, followed by a control
// event.
import type { Span } from "../../ports/chunk-cache/chunk-cache.ts";
import { isJsonType, joinMessages } from "./json-messages.ts";
import { formatOffset } from "./offset.ts";

export type SseEncoding = "json" | "text" | "base64";

export interface Control {
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
/**
 * Caches the encoded events of each span (consecutive chunks of one stream), so that thousands of listeners at the same
 * position share one encoding. The events also depend on the `Control`, so the key of the inner map consists of its
 * fields. For each span, the first `madeMax` encodings are cached. Other encodings are made for each listener.
 */
const made = new WeakMap<Span, Map<string, Uint8Array>>();
const madeMax = 8;

/**
 * Encodes the data event of a span, and the control event that follows the data event. All calls with the same span
 * must have the same `encoding`, because the cache doesn't distinguish encodings. Callers share the returned bytes and
 * must not change them. The data event has the next offset as its id. With this id, a browser that reconnects resumes
 * without code in the page.
 */
export function dataEvents(span: Span, encoding: SseEncoding, control: Control): Uint8Array {
  const known = made.get(span) ?? new Map<string, Uint8Array>();
  const says = `${control.isUpToDate}${control.isClosed}${control.cursor}`;
  const same = known.get(says);
  if (same !== undefined) return same;
  const offset = formatOffset(span.next, span.streamId);
  const data = dataLines(payloadOf(span.chunks, encoding));
  const events = encoder.encode(`event: data\nid: ${offset}\n${data}\n${controlText(offset, control)}`);
  if (known.size < madeMax) made.set(span, known.set(says, events));
  return events;
}

export const controlEvent = (offset: string, control: Control): Uint8Array =>
  encoder.encode(controlText(offset, control));

function controlText(offset: string, { isUpToDate, isClosed, cursor }: Control): string {
  const rest = isClosed
    ? { streamClosed: true }
    : { streamCursor: cursor, ...(isUpToDate ? { upToDate: true } : {}) };
  return `event: control\n${dataLines(JSON.stringify({ streamNextOffset: offset, ...rest }))}\n`;
}

function payloadOf(chunks: readonly Uint8Array[], encoding: SseEncoding): string {
  if (encoding === "base64") return Buffer.concat(chunks).toString("base64");
  return decoder.decode(encoding === "json" ? joinMessages(chunks) : Buffer.concat(chunks));
}

/**
 * Encodes each line separately, so that the payload can't start another field or event. A client
 * removes one space at the beginning of a line, so a line that begins with a space gets another
 * space.
 */
const dataLines = (payload: string): string =>
  `${payload
    .split(/\r\n|\r|\n/)
    .map((line) => (line.startsWith(" ") ? `data: ${line}` : `data:${line}`))
    .join("\n")}\n`;
