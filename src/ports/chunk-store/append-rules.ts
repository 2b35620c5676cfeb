// Defines the rules that decide whether an append is accepted. The rules compare the append's producer and sequence
// with the state of the stream, so that a retried append is stored once. All adapters use these rules. The rules access
// no store.
import { AppError } from "../../errors.ts";
import type { Append, Producer, StreamFork, StreamOptions } from "./chunk-store.ts";

/** The properties of a stream that the rules need. */
export interface StreamFacts {
  readonly id: string;
  readonly contentType: string;
  readonly tail: number;
  readonly closed: boolean;
  /** The Stream-Seq of the last append that had a Stream-Seq. */
  readonly sequence: string | undefined;
}

export interface ProducerFacts {
  readonly epoch: number;
  readonly seq: number;
}

export type Verdict =
  | { readonly kind: "write" }
  /** The append was stored by an earlier call. */
  | { readonly kind: "duplicate"; readonly producerSeq: number }
  /** The append only closes the stream, which is closed already. */
  | { readonly kind: "nothing" };

/**
 * Decides whether an append is written. If the append must be refused, throws an error with the reason. A duplicate is
 * recognised even if the stream is closed.
 */
export function judgeAppend(stream: StreamFacts, known: ProducerFacts | undefined, append: Append): Verdict {
  const { producer } = append;
  if (producer !== undefined) {
    const producerSeq = checkProducer(stream, known, producer);
    if (producerSeq !== undefined) return { kind: "duplicate", producerSeq };
  }
  if (stream.closed) {
    const asksNothing = append.close === true && append.chunks.length === 0 && producer === undefined;
    if (asksNothing) return { kind: "nothing" };
    throw closed(stream);
  }
  if (append.contentType !== undefined && !isSameType(append.contentType, stream.contentType)) {
    throw conflict(`The stream holds ${stream.contentType}, not ${append.contentType}.`);
  }
  if (append.sequence !== undefined && stream.sequence !== undefined && append.sequence <= stream.sequence) {
    throw conflict("The Stream-Seq is not larger than the last one.");
  }
  return { kind: "write" };
}

/**
 * Returns the producer's highest stored seq if this append was stored before. Returns undefined if this
 * append is the next append of the producer. Throws in all other cases.
 */
function checkProducer(
  stream: StreamFacts,
  known: ProducerFacts | undefined,
  asked: Producer,
): number | undefined {
  if (known !== undefined && asked.epoch < known.epoch) {
    throw new AppError("PRODUCER_FENCED", "A newer epoch of this producer has taken over.", {
      hint: "Stop, or start again with a higher epoch at seq 0.",
      details: { epoch: known.epoch },
    });
  }
  const isSameEpoch = known !== undefined && known.epoch === asked.epoch;
  if (isSameEpoch && asked.seq <= known.seq) return known.seq;
  // A closed stream refuses every new append, whatever its seq is.
  if (stream.closed) throw closed(stream);
  const expectedSeq = isSameEpoch ? known.seq + 1 : 0;
  if (asked.seq === expectedSeq) return undefined;
  if (known !== undefined && !isSameEpoch) {
    throw new AppError("INVALID_PARAMETER", "A new epoch of a producer must start at seq 0.");
  }
  throw new AppError("PRODUCER_GAP", `Expected seq ${expectedSeq}, received ${asked.seq}.`, {
    hint: "Send the missing appends first, in order.",
    details: { expectedSeq, receivedSeq: asked.seq },
  });
}

/** The options of the call that created a stream. */
export interface GivenFacts {
  readonly contentType: string;
  readonly ttlSeconds: number | null;
  readonly expiresAtMs: number | null;
  readonly forkPath: string | null;
  readonly forkPosition: number | null;
  readonly forkHead: Uint8Array | null;
  readonly createdClosed: boolean;
}

/**
 * Compares the options of a second creation with those of the existing stream, and throws STREAM_CONFLICT if they
 * differ. The data of the first append is not compared.
 */
export function checkSameAgain(there: GivenFacts, options: StreamOptions, first: Append | undefined): void {
  const asked = options.contentType ?? (options.fork === undefined ? defaultContentType : there.contentType);
  const isSame =
    isSameType(asked, there.contentType) &&
    (options.ttlSeconds ?? null) === there.ttlSeconds &&
    (options.expiresAtMs ?? null) === there.expiresAtMs &&
    (options.fork?.path ?? null) === there.forkPath &&
    (options.fork?.position ?? null) === there.forkPosition &&
    isSameHead(options.fork?.head ?? null, there.forkHead) &&
    (first?.close === true) === there.createdClosed;
  if (!isSame) throw conflict("A stream with other settings exists at this path already.");
}

const isSameHead = (left: Uint8Array | null, right: Uint8Array | null): boolean =>
  left === null || right === null ? left === right : Buffer.compare(left, right) === 0;

/**
 * Returns the head of a new fork: bytes that replace the first bytes of its source, for example another file header. A
 * fork without a head of its own gets the head of its source, cut at the fork position, or null if the source has none.
 * Throws INVALID_OFFSET if the head in the options is longer than the fork position.
 */
export function headOfFork(
  { head }: StreamFork,
  position: number,
  sourceHead: Uint8Array | null,
): Uint8Array | null {
  if (head === undefined) return sourceHead?.subarray(0, position) ?? null;
  if (head.byteLength > position)
    throw new AppError("INVALID_OFFSET", "The head is longer than the fork position.");
  return head;
}

export const defaultContentType = "application/octet-stream";

/** Compares media types, ignoring case and parameters such as `; charset=`. */
export const isSameType = (left: string, right: string): boolean =>
  left === right || bare(left) === bare(right);

const bare = (type: string): string => (type.split(";", 1)[0] ?? "").trim().toLowerCase();

export const conflict = (message: string): AppError => new AppError("STREAM_CONFLICT", message);

const closed = ({ id, tail }: StreamFacts): AppError =>
  new AppError("STREAM_CLOSED", "The stream is closed; nothing can be appended.", {
    details: { streamId: id, tail },
  });

export const gone = (): AppError =>
  new AppError("GONE", "The stream was deleted.", { hint: "Its forks can still be read." });

export const forked = (): AppError => conflict("Forks use the bytes of this stream.");

export const beyondTheEnd = (): AppError =>
  new AppError("INVALID_OFFSET", "The offset is beyond the end of the stream.");
