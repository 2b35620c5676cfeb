// What instances tell each other over Redis: a span, or that a stream was forgotten, with who says it and as their how manieth word.
import type { Span } from "./chunk-cache.ts";

export interface Message {
  readonly sender: string;
  /** Rises with each word of the same sender. */
  readonly count: number;
  /** Undefined: the stream was forgotten. */
  readonly span: Span | undefined;
}

interface Header {
  readonly sender: string;
  readonly count: number;
  readonly span?: Omit<Span, "chunks"> & { readonly sizes: readonly number[] };
}

/** Four bytes with the header's length, the header as JSON, the chunks. */
export function encodeMessage({ sender, count, span }: Message): Buffer {
  const header: Header = span === undefined ? { sender, count } : { sender, count, span: headerOf(span) };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.byteLength);
  return Buffer.concat([length, text, ...(span?.chunks ?? [])]);
}

/** Undefined where it is no message of ours. */
export function decodeMessage(bytes: Buffer): Message | undefined {
  if (bytes.byteLength < 4) return undefined;
  const start = 4 + bytes.readUInt32BE();
  if (start > bytes.byteLength) return undefined;
  try {
    const { sender, count, span: header } = JSON.parse(bytes.toString("utf8", 4, start)) as Header;
    if (header === undefined) return { sender, count, span: undefined };
    const { sizes, ...rest } = header;
    let end = start;
    const chunks = sizes.map((size) => {
      end += size;
      return bytes.subarray(end - size, end);
    });
    return end === bytes.byteLength ? { sender, count, span: { ...rest, chunks } } : undefined;
  } catch {
    return undefined;
  }
}

const headerOf = ({ streamId, position, startsInside, next, closed, chunks }: Span) => ({
  streamId,
  position,
  startsInside,
  next,
  closed,
  sizes: chunks.map((chunk) => chunk.byteLength),
});
