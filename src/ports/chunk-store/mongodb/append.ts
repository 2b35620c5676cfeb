// Appends to a stream in MongoDB. Each append inserts one document at the end of the log, or inserts several documents
// there in one transaction. If two writers insert at the same time, one of the two inserts fails and is retried.
import { AppError, notFound } from "../../../errors.ts";
import { type ProducerFacts, judgeAppend } from "../append-rules.ts";
import type { Append, AppendResult } from "../chunk-store.ts";
import { documentsOf, placeAfter, tooLarge } from "./append-documents.ts";
import { type Connection, pause } from "./connection.ts";
import type { ChunkDocument, Collections, StreamDocument } from "./documents.ts";
import { away, isDuplicateKey } from "./errors.ts";
import type { Logs, Place } from "./log.ts";
import { streamMoves } from "../stream-copy.ts";
import { type Streams, logOf, stateOf } from "./streams.ts";

export interface Appends {
  /**
   * Throws the errors of `ChunkStore.append`. UNAVAILABLE can also mean that the stream is being moved, or that
   * `triesMax` attempts failed because other processes appended first.
   */
  append(path: string, append: Append): Promise<Appended>;
}

interface Appended {
  readonly result: AppendResult;
  /** The end of the log after the append. Undefined if nothing was written. */
  readonly place?: Place;
}

/**
 * The cached end of a log. If another process has appended in the meantime, the next insert of this
 * process fails, because another document already has the same seq.
 */
interface Known {
  place: Place;
  readonly producers: Map<string, ProducerFacts | undefined>;
}

const knownMax = 1_000;
const producersMax = 100;
const triesMax = 60;

export function createAppends(
  { run, transact, deployment }: Connection,
  { chunks }: Collections,
  logs: Logs,
  streams: Streams,
  documentBytesMax: number,
): Appends {
  /** The cached ends of logs by stream id. The least recently used stream is the first entry. */
  const known = new Map<string, Known>();
  /** The last queued append of each path. Appends to one path run in the order of the calls. */
  const turns = new Map<string, Promise<unknown>>();

  const knownOf = async (document: StreamDocument): Promise<Known> => {
    const at = known.get(document._id) ?? {
      place: await logs.endOf(logOf(document)),
      producers: new Map(),
    };
    known.delete(document._id);
    known.set(document._id, at);
    for (const oldest of known.keys()) {
      if (known.size <= knownMax) break;
      known.delete(oldest);
    }
    return at;
  };

  const producerOf = async ({ producers }: Known, stream: string, id: string) => {
    if (!producers.has(id)) {
      if (producers.size >= producersMax) producers.clear();
      producers.set(id, await logs.producerOf(stream, id));
    }
    return producers.get(id);
  };

  const store = async (documents: readonly ChunkDocument[]): Promise<boolean> => {
    const [only] = documents;
    if (only === undefined) return true;
    try {
      if (documents.length === 1) await run(() => chunks.insertOne(only));
      else await transact((session) => chunks.insertMany(documents, { session, ordered: true }));
      return true;
    } catch (err) {
      if (!isDuplicateKey(err)) throw err;
      // A document with this seq exists already. Another append may have inserted it. Or this append
      // inserted it: if the driver got no answer to its first insert, it has repeated the insert. Then the existing
      // document has the _id of this append's document.
      const there = await run(() =>
        chunks.findOne({ stream: only.stream, seq: only.seq }, { projection: { _id: 1 } }),
      );
      return there?._id.equals(only._id) === true;
    }
  };

  const tryAppend = async (path: string, append: Append): Promise<Appended | undefined> => {
    const document = await streams.findLive(path);
    if (document === undefined) throw notFound("stream");
    const wasKnown = known.has(document._id);
    const log = await knownOf(document);
    const { place } = log;
    const { producer } = append;
    const facts = {
      id: document._id,
      contentType: document.contentType,
      tail: place.tail,
      closed: place.closed,
      sequence: place.sequence,
    };
    try {
      const by = producer === undefined ? undefined : await producerOf(log, document._id, producer.id);
      const verdict = judgeAppend(facts, by, append);
      if (verdict.kind !== "write") {
        // Another process can have appended in the meantime, so the end is read again.
        const now = await logs.endOf(logOf(document));
        const result = { state: stateOf(document, now), position: now.tail };
        if (verdict.kind === "nothing") return { result: { ...result, duplicate: false } };
        return { result: { ...result, duplicate: true, producerSeq: verdict.producerSeq } };
      }
    } catch (err) {
      known.delete(document._id);
      // An outdated cached end can cause a wrong refusal, so the append is judged again.
      if (wasKnown && err instanceof AppError && err.code !== "UNAVAILABLE") return undefined;
      throw err;
    }
    if (place.gone) {
      known.delete(document._id);
      return undefined;
    }
    if ((place.heldUntilMs ?? 0) > Date.now()) {
      known.delete(document._id);
      throw streamMoves();
    }
    const documents = documentsOf(document, place, append, documentBytesMax);
    if (documents.length > 1 && !(await deployment()).isReplicated) throw tooLarge(documentBytesMax);
    if (!(await store(documents))) {
      known.delete(document._id);
      return undefined;
    }
    log.place = placeAfter(place, documents);
    if (producer !== undefined) log.producers.set(producer.id, producer);
    logs.remember(document._id, log.place);
    await streams.keepAlive(document);
    const result = {
      state: stateOf(document, log.place),
      position: place.tail,
      duplicate: false,
      ...(producer === undefined ? {} : { producerSeq: producer.seq }),
    };
    return { result, place: log.place };
  };

  const append = async (path: string, what: Append): Promise<Appended> => {
    for (let tries = 0; tries < triesMax; tries++) {
      const result = await tryAppend(path, what);
      if (result !== undefined) return result;
      // The first two retries follow without a pause, because an outdated cached end can be the only
      // reason for the failure. More failures mean that other processes are writing, too.
      if (tries > 1) await pause(Math.random() * Math.min(50, 2 ** tries));
    }
    throw away(undefined);
  };

  return {
    append(path, what) {
      const turn = (turns.get(path) ?? Promise.resolve()).then(() => append(path, what));
      const settled = turn
        .catch(() => {})
        .then(() => {
          if (turns.get(path) === settled) turns.delete(path);
        });
      turns.set(path, settled);
      return turn;
    },
  };
}
