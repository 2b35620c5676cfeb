// Holds the latest chunks of one stream, in order and without gaps. Nearly all listeners of a live stream read only
// these chunks.
import type { Span } from "../../ports/chunk-cache/chunk-cache.ts";

export interface RecentChunks {
  /** The position of the next chunk. */
  readonly tail: number;
  add(chunks: readonly Uint8Array[]): void;
  /**
   * Returns the chunks from a position on, up to `maxBytes` bytes. The first chunk is returned even if it is larger. If
   * the position is inside a chunk, the result begins with the rest of this chunk. Returns undefined if the position is
   * before the first held chunk, or is `tail` or more. Listeners at the same position get the same object: up to 64
   * results are cached until the next chunk is added.
   */
  from(position: number, maxBytes: number): Span | undefined;
}

/**
 * The first chunk that is added has the position `start`. Older chunks are dropped, so that at most
 * `bytesMax` bytes are held. The latest chunk is held even if it is larger.
 */
export function createRecentChunks(streamId: string, start: number, bytesMax: number): RecentChunks {
  let kept: { readonly position: number; readonly bytes: Uint8Array }[] = [];
  let tail = start;
  const answers = new Map<string, Span | undefined>();

  return {
    get tail() {
      return tail;
    },
    add(chunks) {
      answers.clear();
      for (const bytes of chunks) {
        kept.push({ position: tail, bytes });
        tail += bytes.byteLength;
      }
      const first = kept.findIndex(({ position }) => tail - position <= bytesMax);
      if (first > 0) kept = kept.slice(first);
      if (first === -1) kept = kept.slice(-1);
    },
    from(position, maxBytes) {
      const question = `${position}/${maxBytes}`;
      if (answers.has(question)) return answers.get(question);
      const answer = spanFrom(position, maxBytes);
      if (answers.size < 64) answers.set(question, answer);
      return answer;
    },
  };

  function spanFrom(position: number, maxBytes: number): Span | undefined {
    let i = kept.findLastIndex((chunk) => chunk.position <= position);
    if (i === -1) return undefined;
    const chunks: Uint8Array[] = [];
    const startsInside = kept[i]!.position < position;
    let next = position;
    for (; i < kept.length; i++) {
      const { position: from, bytes } = kept[i]!;
      const part = from === next ? bytes : bytes.subarray(next - from);
      if (part.byteLength === 0) break;
      if (chunks.length > 0 && next + part.byteLength > position + maxBytes) break;
      chunks.push(part);
      next += part.byteLength;
    }
    return chunks.length === 0
      ? undefined
      : { streamId, position, chunks, startsInside, next, closed: false };
  }
}
