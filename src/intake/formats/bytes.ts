// Buffers bytes until a complete unit, such as a sample or a header, has arrived.

export interface WaitingBytes {
  readonly length: number;
  add(bytes: Uint8Array): void;
  /**
   * Returns the next bytes without removing them. Returns fewer bytes if fewer are buffered. The
   * result is a view of the buffer: copy it before the next call of `add`, which can overwrite it.
   */
  peek(count: number): Uint8Array;
  /** Removes the next bytes and returns a copy. Returns fewer bytes if fewer are buffered. */
  take(count: number): Uint8Array;
}

export const createWaitingBytes = (): WaitingBytes => {
  let all = new Uint8Array(0);
  let start = 0;
  let end = 0;
  const makeRoom = (count: number): void => {
    if (end + count <= all.length) return;
    const waiting = end - start;
    const room = waiting + count > all.length ? new Uint8Array(2 * (waiting + count)) : all;
    room.set(all.subarray(start, end));
    all = room;
    start = 0;
    end = waiting;
  };
  return {
    get length() {
      return end - start;
    },
    add: (bytes) => {
      makeRoom(bytes.length);
      all.set(bytes, end);
      end += bytes.length;
    },
    peek: (count) => all.subarray(start, Math.min(end, start + count)),
    take: (count) => {
      const taken = all.slice(start, Math.min(end, start + count));
      start += taken.length;
      return taken;
    },
  };
};

export const textAt = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));
