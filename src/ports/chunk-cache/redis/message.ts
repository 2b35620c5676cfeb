// Defines the format of messages between processes. A message contains new chunks of a stream (a span), or says that
// the cache has forgotten the stream. Each message also contains its sender, a sequence number and
// the time of sending.
import type { Span } from "../chunk-cache.ts";

interface MessageOrigin {
  readonly sender: string;
  /** The sequence number, which increases by one with each message of the same sender. */
  readonly count: number;
  readonly sentAtMs: number;
}

export interface Message extends MessageOrigin {
  /**
   * The published span. Undefined if the message says that the stream was forgotten. In a message that `recall`
   * returns, undefined can also mean that the span is no longer in the cache.
   */
  readonly span: Span | undefined;
}

/** A message in which the size of each chunk, in bytes, replaces the chunk. */
export interface Header extends MessageOrigin {
  readonly span?: Omit<Span, "chunks"> & { readonly sizes: readonly number[] };
}

export function headerOf({ span, ...origin }: Message): Header {
  if (span === undefined) return origin;
  const { chunks, ...rest } = span;
  return { ...origin, span: { ...rest, sizes: chunks.map((chunk) => chunk.byteLength) } };
}

/** Encodes a message as four bytes with the header's length, the header as JSON, and the chunks. */
export function encodeMessage(message: Message): Buffer {
  const text = Buffer.from(JSON.stringify(headerOf(message)));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.byteLength);
  return Buffer.concat([length, text, ...(message.span?.chunks ?? [])]);
}

/** Decodes a message. Returns undefined if the bytes are incomplete, too many, or don't begin with a header. */
export function decodeMessage(bytes: Buffer): Message | undefined {
  if (bytes.byteLength < 4) return undefined;
  const start = 4 + bytes.readUInt32BE();
  const header = start > bytes.byteLength ? undefined : parseHeader(bytes.toString("utf8", 4, start));
  if (header === undefined) return undefined;
  const { span, ...origin } = header;
  if (span === undefined) return { ...origin, span: undefined };
  const { sizes, ...rest } = span;
  let end = start;
  const chunks = sizes.map((size) => {
    end += size;
    return bytes.subarray(end - size, end);
  });
  return end === bytes.byteLength ? { ...origin, span: { ...rest, chunks } } : undefined;
}

/**
 * Returns undefined if the text is not a header. Only the types of the sender and of the sequence number are checked.
 */
export function parseHeader(text: string): Header | undefined {
  try {
    const header = JSON.parse(text) as Header | null;
    return typeof header?.sender === "string" && typeof header.count === "number" ? header : undefined;
  } catch {
    return undefined;
  }
}
