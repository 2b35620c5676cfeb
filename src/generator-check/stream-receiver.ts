// Starts a small Durable Streams server for one check. The server receives the chunks that a
// generator appends, records each append and each event, and answers with the faults that a case
// sets.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** One received append, or one received event. */
interface Append {
  readonly atMs: number;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly producerId: string | undefined;
  readonly epoch: string | undefined;
  readonly seq: string | undefined;
  readonly closes: boolean;
  readonly bytes: Uint8Array;
  /** The status of the answer, or "dropped" if the connection was closed instead. */
  readonly answered: number | "dropped";
  readonly isStored: boolean;
}

/**
 * The fault for an append. A status is sent as the answer. With "stored, answer lost", the chunk is stored, and then
 * the connection is closed.
 */
export type StreamFault =
  { readonly status: number; readonly retryAfterSeconds?: number } | "stored, answer lost";

export interface ReceivedStream {
  readonly url: string;
  readonly token: string;
  readonly appends: readonly Append[];
  readonly events: readonly Append[];
  readonly isClosed: boolean;
  readonly audio: Uint8Array;
  /**
   * The faults of the next appends, in order. Undefined means no fault. With a status, the append is not stored.
   * If `refuseWith` is set, or if an append has a wrong token, no fault of this list is used for this append. The fault
   * is kept for a later append.
   */
  readonly faults: (StreamFault | undefined)[];
  /**
   * If set, every append gets this status and is not stored, whatever its token is. With 409, the answer also says that
   * the stream is closed.
   */
  refuseWith: number | undefined;
  /** The delay before the answer to each append, in milliseconds. */
  delayMs: number;
}

export interface StreamReceiver extends AsyncDisposable {
  /** Creates the stream of one generation. */
  open(requestId: string): ReceivedStream;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
}

export async function createStreamReceiver({ host, port }: ListenOptions): Promise<StreamReceiver> {
  const streams = new Map<string, StreamState>();
  const server = createServer((req, res) => {
    void answer(streams, req, res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const base = `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
  return {
    open(requestId) {
      const path = `/v1/generations/${requestId}`;
      const stream = createStream(`${base}${path}/chunks`);
      streams.set(path, stream);
      return stream;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface StreamState extends ReceivedStream {
  readonly appends: Append[];
  readonly events: Append[];
  isClosed: boolean;
  readonly stored: Uint8Array[];
  next: { epoch: number; seq: number };
}

function createStream(url: string): StreamState {
  const stored: Uint8Array[] = [];
  return {
    url,
    token: `check_${crypto.randomUUID()}`,
    appends: [],
    events: [],
    isClosed: false,
    stored,
    faults: [],
    refuseWith: undefined,
    delayMs: 0,
    next: { epoch: 0, seq: 0 },
    get audio() {
      return new Uint8Array(Buffer.concat(stored));
    },
  };
}

async function answer(streams: ReadonlyMap<string, StreamState>, req: IncomingMessage, res: ServerResponse) {
  const bytes = new Uint8Array(await buffer(req));
  const [, path = "", part] = /^(.*)\/(chunks|events)$/.exec(req.url ?? "") ?? [];
  const stream = streams.get(path);
  if (stream === undefined || req.method !== "POST") return res.writeHead(404).end();
  const append = { ...appendOf(req, bytes), atMs: performance.now() };
  if (part === "events") {
    const status = append.authorization === `Bearer ${stream.token}` ? 204 : 401;
    stream.events.push({ ...append, answered: status, isStored: status === 204 });
    return res.writeHead(status).end();
  }
  if (stream.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, stream.delayMs));
  const { status, isStored, headers, isLost } = take(stream, append);
  stream.appends.push({ ...append, answered: isLost ? "dropped" : status, isStored });
  if (isLost) return req.socket.destroy();
  return res.writeHead(status, headers).end();
}

type Arrived = Omit<Append, "answered" | "isStored" | "atMs">;

const appendOf = ({ headers }: IncomingMessage, bytes: Uint8Array): Arrived => ({
  authorization: headers.authorization,
  contentType: headers["content-type"],
  producerId: one(headers["producer-id"]),
  epoch: one(headers["producer-epoch"]),
  seq: one(headers["producer-seq"]),
  closes: one(headers["stream-closed"])?.toLowerCase() === "true",
  bytes,
});

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

interface Taken {
  readonly status: number;
  readonly isStored: boolean;
  readonly headers: Record<string, string>;
  readonly isLost?: boolean;
}

/**
 * Decides how to answer an append, and stores its bytes if the append is accepted. First `refuseWith`, then the
 * token, then the next fault of the case can refuse the append. After that, the main rules of Rondo's own endpoint
 * apply: epoch, seq and end of the stream. Producer-Id and Content-Type are recorded, but not checked.
 */
function take(stream: StreamState, { authorization, epoch, seq, closes, bytes }: Arrived): Taken {
  const refused = (status: number, headers: Record<string, string> = {}): Taken => ({
    status,
    isStored: false,
    headers,
  });
  if (stream.refuseWith !== undefined) {
    const closed: Record<string, string> = stream.refuseWith === 409 ? { "stream-closed": "true" } : {};
    return refused(stream.refuseWith, closed);
  }
  if (authorization !== `Bearer ${stream.token}`) return refused(401);
  const fault = stream.faults.shift();
  if (fault !== undefined && typeof fault !== "string") {
    const { status, retryAfterSeconds } = fault;
    return refused(status, retryAfterSeconds === undefined ? {} : { "retry-after": `${retryAfterSeconds}` });
  }
  const [ownEpoch, ownSeq] = [Number(epoch), Number(seq)];
  if (!Number.isInteger(ownEpoch) || !Number.isInteger(ownSeq)) return refused(400);
  const { next } = stream;
  if (ownEpoch < next.epoch) return refused(403, { "producer-epoch": `${next.epoch}` });
  if (ownEpoch > next.epoch) stream.next = { epoch: ownEpoch, seq: 0 };
  const expected = stream.next.seq;
  const headers = { "producer-epoch": `${ownEpoch}`, "producer-seq": `${ownSeq}` };
  const isLost = fault === "stored, answer lost";
  if (ownSeq < expected) return { status: 204, isStored: false, headers, isLost };
  if (stream.isClosed) return refused(409, { "stream-closed": "true" });
  if (ownSeq > expected) {
    return refused(409, { "producer-expected-seq": `${expected}`, "producer-received-seq": `${ownSeq}` });
  }
  stream.next = { epoch: ownEpoch, seq: expected + 1 };
  if (bytes.length > 0) stream.stored.push(bytes);
  stream.isClosed = closes;
  return { status: bytes.length > 0 ? 200 : 204, isStored: true, headers, isLost };
}
