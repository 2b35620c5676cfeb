// Listens to event streams on many connections. Prints "listening" when data has arrived on all connections. When all
// streams have ended, prints one line of JSON with times in milliseconds:
// - `chunks`: the number of chunks.
// - `p50` and `p99`: percentiles of the time from the start of an append to the arrival of the whole chunk.
// - `gapMax`: the longest time between two consecutive chunks of one listener.
//
// Arguments: the server's address, the prefix of the paths of the streams, the number of streams, the number of
// listeners, and the value of the header Authorization.
import { writeSync } from "node:fs";
import { createSockets } from "./sockets.ts";

const [address = "", prefix = "", streamsText = "1", listenersText = "1", authorization = ""] =
  process.argv.slice(2);
const [streams, listeners] = [Number(streamsText), Number(listenersText)];
const { port } = new URL(address);
const delays: number[] = [];
let gapMax = 0;
let opened = 0;
let ended = 0;
let chunks = 0;
const mark = Buffer.from("event: control");
const endMark = Buffer.from('"streamClosed":true');
/** The maximum size of the last event of a stream, which contains `endMark`. */
const endBytesMax = 256;
const nothing = Buffer.alloc(0);
/** The end of an event in chunked transfer encoding. */
const eventEnd = Buffer.from("\n\n\r\n");
const dataMark = Buffer.from("\ndata:");

/**
 * The size of a chunk of 16,000 bytes in base64. Chunks are counted by this size, because a late chunk can arrive in
 * the same event as the next chunks.
 */
const encodedBytes = (16_000 * 4) / 3;

interface Listener {
  /**
   * The time at which the current chunk was appended, in milliseconds since 1970; 0 between two chunks. The writer puts
   * this time into the first eight bytes of each chunk.
   */
  sentAt: number;
  /** The number of received bytes of the current event. */
  takenBytes: number;
  /** The time at which the last complete chunk arrived, in milliseconds since 1970; 0 before the first chunk. */
  heardAt: number;
  /** The last bytes of the previous read. `mark` or `dataMark` can begin in them and end in the next read. */
  rest: Buffer;
  isOpen: boolean;
  isEnded: boolean;
}

/**
 * Stores the delay of each data event that ends in the received bytes. The listeners are read one after the other, so
 * the duration of this function delays all listeners that are read later. Therefore it is as cheap as possible.
 */
function take(listener: Listener, received: Buffer): void {
  let data = listener.rest.byteLength === 0 ? received : Buffer.concat([listener.rest, received]);
  const now = performance.timeOrigin + performance.now();
  for (;;) {
    if (listener.sentAt === 0) {
      const at = data.indexOf(dataMark);
      if (at === -1 || data.byteLength < at + 18) break;
      const head = data.subarray(at + 6, at + 18);
      // The data of a control event is JSON, which begins with "{". The data of a chunk is base64, which has no "{".
      if (head[0] !== 0x7b) listener.sentAt = Buffer.from(head.toString("latin1"), "base64").readDoubleBE(0);
      data = data.subarray(at + 18);
      continue;
    }
    const end = data.indexOf(mark);
    if (end === -1) break;
    chunks += Math.round((listener.takenBytes + end) / encodedBytes);
    listener.takenBytes = 0;
    delays.push(now - listener.sentAt);
    if (listener.heardAt > 0) gapMax = Math.max(gapMax, now - listener.heardAt);
    listener.heardAt = now;
    listener.sentAt = 0;
    data = data.subarray(end + mark.byteLength);
  }
  const kept = Math.min(64, data.byteLength);
  if (listener.sentAt !== 0) listener.takenBytes += data.byteLength - kept;
  // At the end of an event, no mark can be split between this read and the next.
  const isBetween = listener.sentAt === 0 && received.subarray(-eventEnd.byteLength).equals(eventEnd);
  listener.rest = isBetween ? nothing : Buffer.from(data.subarray(data.byteLength - kept));
}

const sockets = createSockets();
const listening = new Map<number, Listener>();
for (let i = 0; i < listeners; i++) {
  const head = `GET ${prefix}${i % streams}?offset=-1&live=sse HTTP/1.1\r\nHost: x\r\nConnection: close`;
  const socket = sockets.open(Number(port), `${head}\r\nAuthorization: ${authorization}\r\n\r\n`);
  listening.set(socket, {
    sentAt: 0,
    takenBytes: 0,
    heardAt: 0,
    rest: nothing,
    isOpen: false,
    isEnded: false,
  });
}
sockets.readAll(
  (socket, received) => {
    const listener = listening.get(socket)!;
    if (!listener.isOpen) {
      listener.isOpen = true;
      if (++opened === listeners) writeSync(1, "listening\n");
    }
    take(listener, received);
    // A listener has ended when it has received the last event, or when its connection has ended (then the buffer is
    // empty). The end of the response is not waited for, because it comes only when all listeners have the last chunk.
    if (received.byteLength > 0 && !received.subarray(-endBytesMax).includes(endMark)) return;
    if (!listener.isEnded) ended++;
    listener.isEnded = true;
  },
  () => ended === listeners,
);
delays.sort((a, b) => a - b);
const at = (share: number) => delays[Math.floor((delays.length - 1) * share)] ?? Number.NaN;
const heard = { chunks, p50: at(0.5), p99: at(0.99), gapMax };
writeSync(1, `${JSON.stringify(heard)}\n`);
