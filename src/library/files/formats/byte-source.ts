// Defines a source of bytes: its length is known before the bytes are made, and the bytes can be read from any offset.
// An HTTP download of a range (the header Range) needs both.
import { AppError } from "../../../errors.ts";

export interface ByteSource {
  readonly bytes: number;
  /** Returns the bytes from `start` to the end. The content is the same at each call. */
  read(start: number): AsyncIterable<Uint8Array>;
}

export const sourceOf = (content: Uint8Array): ByteSource => ({
  bytes: content.length,
  async *read(start) {
    if (start < content.length) yield content.subarray(start);
  },
});

/**
 * Creates a source whose content is made anew for each read. If `make` does not return exactly
 * `bytes` bytes, the read throws CONTENT_DAMAGED.
 */
export const lateSource = (bytes: number, make: () => Promise<Uint8Array>): ByteSource => ({
  bytes,
  async *read(start) {
    const content = await make();
    if (content.length !== bytes) throw brokenOff(content.length, bytes);
    yield content.subarray(start);
  },
});

/**
 * Joins sources in the given order. If one of them yields more or fewer bytes than it declares, the read throws
 * CONTENT_DAMAGED at this source.
 */
export function joinSources(sources: readonly ByteSource[]): ByteSource {
  return {
    bytes: sources.reduce((sum, { bytes }) => sum + bytes, 0),
    async *read(start) {
      let sourceStart = 0;
      for (const source of sources) {
        const from = Math.max(start - sourceStart, 0);
        sourceStart += source.bytes;
        if (from < source.bytes) yield* whole(source, from);
      }
    },
  };
}

/** Yields the bytes from `start` to before `end`, or fewer if the source ends earlier. */
export async function* readRange(source: ByteSource, start: number, end: number): AsyncGenerator<Uint8Array> {
  let left = end - start;
  if (left <= 0) return;
  for await (const chunk of source.read(start)) {
    yield chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= chunk.length;
    if (left <= 0) return;
  }
}

async function* whole(source: ByteSource, from: number): AsyncGenerator<Uint8Array> {
  let given = from;
  for await (const chunk of source.read(from)) {
    given += chunk.length;
    if (given > source.bytes) break;
    yield chunk;
  }
  if (given !== source.bytes) throw brokenOff(given, source.bytes);
}

const brokenOff = (got: number, expected: number): AppError =>
  new AppError("CONTENT_DAMAGED", "The stored content differs from what was written.", {
    cause: new Error(`got ${got} bytes, not ${expected}`),
  });
