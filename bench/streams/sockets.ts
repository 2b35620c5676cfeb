// Reads many sockets in one epoll loop (Linux). The listeners of a benchmark share the processor with the server, so
// they must use almost no processor time.
import { dlopen, FFIType, ptr } from "bun:ffi";

const { symbols: system } = dlopen("libc.so.6", {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "i32"], returns: "i32" },
  send: { args: ["i32", "ptr", "u64", "i32"], returns: FFIType.i64_fast },
  recv: { args: ["i32", "ptr", "u64", "i32"], returns: FFIType.i64_fast },
  epoll_create1: { args: ["i32"], returns: "i32" },
  epoll_ctl: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" },
  epoll_wait: { args: ["i32", "ptr", "i32", "i32"], returns: "i32" },
});
const ipv4 = 2;
const stream = 1;
const addSocket = 1;
const removeSocket = 2;
const readable = 1;
const forEver = -1;
/**
 * The size of struct epoll_event. The struct has two fields: 32 bits of events, and 64 bits for the caller. On x86-64,
 * the second field follows directly (12 bytes). On other processors, there is a gap of 4 bytes between them.
 */
const eventBytes = process.arch === "x64" ? 12 : 16;
const callerAt = eventBytes - 8;
const eventsAtOnce = 64;
/**
 * For this time after the last data, in milliseconds, the process asks for data again and again. Then it sleeps until
 * data arrives. It doesn't sleep at once, because the sender needs CPU time to wake a sleeping process.
 */
const awakeMs = 5;

/** A buffer that is never moved in memory. */
const bufferOf = (bytes: number): Buffer => Buffer.from(new ArrayBuffer(bytes));

export interface Sockets {
  /** Connects to 127.0.0.1, sends the request and returns the socket's file descriptor. */
  open(port: number, request: string): number;
  /**
   * Reads from all open sockets until `isDone` returns true, and passes the bytes to `heard`. The bytes are valid only
   * until `heard` returns. An empty buffer means that the connection has ended or failed. This call blocks the
   * thread. If no data arrives for `awakeMs`, `isDone` is not called again until data arrives.
   */
  readAll(heard: (socket: number, bytes: Buffer) => void, isDone: () => boolean): void;
}

export function createSockets(): Sockets {
  const polled = system.epoll_create1(0);
  const events = bufferOf(eventBytes * eventsAtOnce);
  const room = bufferOf(512 * 1024);
  const [eventsAt, roomAt] = [ptr(events), ptr(room)];
  let heardAt = performance.now();

  const nextEvents = (): number => {
    const count = system.epoll_wait(polled, eventsAt, eventsAtOnce, 0);
    if (count !== 0) heardAt = performance.now();
    else if (performance.now() - heardAt > awakeMs)
      return system.epoll_wait(polled, eventsAt, eventsAtOnce, forEver);
    return count;
  };

  return {
    open(port, request) {
      const socket = system.socket(ipv4, stream, 0);
      const address = Buffer.from([ipv4, 0, port >> 8, port & 255, 127, 0, 0, 1, ...new Uint8Array(8)]);
      if (system.connect(socket, ptr(address), address.byteLength) !== 0)
        throw new Error(`No connection to port ${port}.`);
      const bytes = Buffer.from(request);
      if (Number(system.send(socket, ptr(bytes), bytes.byteLength, 0)) !== bytes.byteLength)
        throw new Error("The request was not sent whole.");
      const wanted = bufferOf(eventBytes);
      wanted.writeUInt32LE(readable, 0);
      wanted.writeInt32LE(socket, callerAt);
      if (system.epoll_ctl(polled, addSocket, socket, ptr(wanted)) !== 0)
        throw new Error("A socket can't be watched.");
      return socket;
    },
    readAll(heard, isDone) {
      while (!isDone()) {
        const count = nextEvents();
        for (let i = 0; i < count; i++) {
          const socket = events.readInt32LE(i * eventBytes + callerAt);
          const got = Number(system.recv(socket, roomAt, room.byteLength, 0));
          if (got <= 0) system.epoll_ctl(polled, removeSocket, socket, eventsAt);
          heard(socket, room.subarray(0, Math.max(0, got)));
        }
      }
    },
  };
}
