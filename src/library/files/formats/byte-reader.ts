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

  /** Joins the pieces once, however small they are: joining at each piece would be quadratic. */
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
