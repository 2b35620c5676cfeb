// Reads a stream piece by piece. The reader holds only the requested bytes and one piece of the stream in memory. Calls
// must not overlap. If the stream throws an error, the call throws the same error. The reader does not close the
// stream.

export interface ByteReader {
  /** Returns the next `bytes` bytes and consumes them. Returns fewer bytes if the stream has fewer left. */
  take(bytes: number): Promise<Uint8Array>;
  /** Like `take`, but doesn't consume the bytes. */
  peek(bytes: number): Promise<Uint8Array>;
  /** Yields the next `bytes` bytes as they arrive. Without `bytes`, yields the rest of the stream. */
  chunks(bytes?: number): AsyncGenerator<Uint8Array>;
}

export function createByteReader(content: AsyncIterable<Uint8Array>): ByteReader {
  const source = content[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  let over = false;

  /**
   * Reads pieces until `bytes` bytes are held or the stream ends, and then joins all pieces in one step. Pieces can be
   * very small, so appending each piece to the held bytes would take quadratic time.
   */
  async function fill(bytes: number): Promise<void> {
    const parts = [held];
    let length = held.length;
    while (length < bytes && !over) {
      const next = await source.next();
      if (next.done) over = true;
      else {
        parts.push(next.value);
        length += next.value.length;
      }
    }
    if (parts.length > 1) held = parts.length === 2 && held.length === 0 ? parts[1]! : Buffer.concat(parts);
  }

  async function peek(bytes: number): Promise<Uint8Array> {
    if (held.length < bytes && !over) await fill(bytes);
    return held.subarray(0, bytes);
  }

  return {
    peek,
    async take(bytes) {
      const taken = await peek(bytes);
      held = held.subarray(taken.length);
      return taken;
    },
    async *chunks(bytes = Number.POSITIVE_INFINITY) {
      for (let left = bytes; left > 0;) {
        if (held.length === 0) await fill(1);
        if (held.length === 0 && over) return;
        const chunk = held.subarray(0, left);
        held = held.subarray(chunk.length);
        left -= chunk.length;
        if (chunk.length > 0) yield chunk;
      }
    },
  };
}
