// Defines a source of bytes: its length is known before the bytes are made, and the bytes can be read from any offset.
// An HTTP download of a range (the header Range) needs both.
import { AppError } from "../../../errors.ts";

export interface ByteSource {
  readonly bytes: number;
  /** Returns the bytes from `start`. The bytes never change. May be called several times. */
  read(start: number): AsyncIterable<Uint8Array>;
}

export const sourceOf = (content: Uint8Array): ByteSource => ({
  bytes: content.length,
  async *read(start) {
    if (start < content.length) yield content.subarray(start);
  },
});

/** Creates a source whose content is made only when it is read. `make` must return exactly `bytes` bytes. */
export const lateSource = (bytes: number, make: () => Promise<Uint8Array>): ByteSource => ({
  bytes,
  async *read(start) {
    const content = await make();
    if (content.length !== bytes) throw brokenOff(content.length, bytes);
    yield content.subarray(start);
  },
});

/**
 * Joins sources in the given order. Reading the joined source throws CONTENT_DAMAGED if one of the sources yields more
 * or fewer bytes than it declares.
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

/** Yields the bytes from `start` to `end`, which is not included. */
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
