// Reads a stream piece by piece, holding no more of it than was asked for.

export interface ByteReader {
  /** The next `bytes` bytes, fewer at the end. They are gone from the stream. */
  take(bytes: number): Promise<Uint8Array>;
  /** The same, without taking them. */
  peek(bytes: number): Promise<Uint8Array>;
  /** Gives the next `bytes` bytes, or all there are, as they come. */
  chunks(bytes?: number): AsyncGenerator<Uint8Array>;
}

export function createByteReader(content: AsyncIterable<Uint8Array>): ByteReader {
  const source = content[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  let over = false;

  async function fill(): Promise<void> {
    const next = await source.next();
    if (next.done) over = true;
    else held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
  }

  async function peek(bytes: number): Promise<Uint8Array> {
    while (held.length < bytes && !over) await fill();
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
        if (held.length === 0) await fill();
        if (held.length === 0 && over) return;
        const chunk = held.subarray(0, left);
        held = held.subarray(chunk.length);
        left -= chunk.length;
        if (chunk.length > 0) yield chunk;
      }
    },
  };
}
