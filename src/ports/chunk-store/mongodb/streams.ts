// Manages the stream documents of one business in MongoDB: finds streams by path, renews TTLs, and removes streams.
// When a fork is removed, its deleted ancestors are removed, too, if no other fork uses them.
import { ObjectId } from "mongodb";
import { forked, gone } from "../append-rules.ts";
import type { DeleteOptions, StreamFilter, StreamState } from "../chunk-store.ts";
import type { Connection } from "./connection.ts";
import type { ChunkDocument, Collections, StreamDocument } from "./documents.ts";
import { isDuplicateKey } from "./errors.ts";
import type { Log, Logs, Place } from "./log.ts";

export type Streams = ReturnType<typeof createStreams>;

/**
 * How long the deletion mark at the end of a deleted stream is kept. Late appends and slow watchers
 * have to find the mark.
 */
const markKeptMs = 3_600_000;
/**
 * An hour. If a stream has a fixed expiry, MongoDB's TTL index removes its chunks an hour after the expiry. Chunks that
 * forks share are not removed. Usually the store has removed the chunks before.
 */
export const graceMs = 3_600_000;
const sweptAtOnce = 100;
/** The highest character. A prefix plus this character sorts after all paths with the prefix. */
const lastCharacter = "\u{10ffff}";

export function createStreams(
  { run }: Pick<Connection, "run">,
  { streams, chunks }: Collections,
  logs: Logs,
) {
  const hasForks = async (id: string): Promise<boolean> =>
    (await run(() => streams.findOne({ source: id }, { projection: { _id: 1 } }))) !== null;

  /** Returns the position up to which forks share the stream. Returns undefined if the stream has no forks. */
  const furthestFork = async (id: string): Promise<number | undefined> => {
    const furthest = await run(() =>
      streams
        .find({ source: id }, { projection: { start: 1 } })
        .sort({ start: -1 })
        .limit(1)
        .next(),
    );
    return furthest?.start;
  };

  /**
   * Ends the log with a deletion mark, unless the log already has a mark, and returns the `seq` of
   * the mark. A late append conflicts with the mark, and a watcher finds the mark.
   */
  const mark = async (log: Log): Promise<number> => {
    for (;;) {
      const { next, tail, gone: isMarked } = await logs.endOf(log);
      if (isMarked) return next - 1;
      const document: ChunkDocument = {
        _id: new ObjectId(),
        stream: log.stream,
        seq: next,
        gone: true,
        position: tail,
        bytes: 0,
        expireAt: new Date(Date.now() + markKeptMs),
      };
      try {
        await run(() => chunks.insertOne(document));
        return next;
      } catch (err) {
        if (!isDuplicateKey(err)) throw err;
      }
    }
  };

  const found = {
    find: (path: string): Promise<StreamDocument | null> => run(() => streams.findOne({ path })),

    /**
     * Returns undefined if the path has no stream, or if the stream has expired. Throws GONE if the
     * stream was deleted and still has forks.
     */
    async findLive(path: string): Promise<StreamDocument | undefined> {
      const document = await found.find(path);
      if (document === null || (document.state === "live" && isExpired(document))) return undefined;
      if (document.state === "live") return document;
      if (await hasForks(document._id)) throw gone();
      return undefined;
    },

    hasForks,

    /**
     * Lists at most 1,000 streams that are neither deleted nor expired, in the order of their paths. The paths are
     * compared by their UTF-8 bytes, because the collection has no collation.
     */
    list: ({ prefix = "", after = "", limit = 1_000 }: Omit<StreamFilter, "businessId">) =>
      run(() =>
        streams
          .find({
            path: { $gte: prefix, $gt: after, $lt: `${prefix}${lastCharacter}` },
            state: "live",
            $or: [{ dueAt: null }, { dueAt: { $gt: new Date() } }],
          })
          .sort({ path: 1 })
          .limit(Math.max(1, Math.min(limit, 1_000)))
          .toArray(),
      ),

    /**
     * Sets the state "deleted", and removes the bytes that no fork uses. Returns false if another
     * call set the state first. With `unlessForked`, throws STREAM_CONFLICT if forks exist.
     */
    async discard(document: StreamDocument, { unlessForked = false }: DeleteOptions = {}): Promise<boolean> {
      if (unlessForked && (await hasForks(document._id))) throw forked();
      const deletion = new ObjectId();
      const { matchedCount } = await run(() =>
        streams.updateOne({ _id: document._id, state: "live" }, { $set: { state: "deleted", deletion } }),
      );
      if (matchedCount === 0) {
        // Either another call set the state first, or the driver repeated this update because it
        // got no answer. Only in the second case does the document have this `deletion`.
        const now = await run(() => streams.findOne({ _id: document._id, deletion }));
        if (now === null) return false;
      }
      await found.removeUnused(document);
      return true;
    },

    /**
     * Removes a deleted stream with its chunks. If the stream has forks, only the chunks that no fork shares are
     * removed. If the stream has no forks, and is itself a fork of a deleted stream, that stream is then removed in the
     * same way, and so on.
     */
    async removeUnused(document: StreamDocument): Promise<void> {
      for (let at: StreamDocument | null = document; at !== null;) {
        const { _id: stream, source, start }: StreamDocument = at;
        const seq = await mark({ stream, start });
        const furthest = await furthestFork(stream);
        if (furthest !== undefined) {
          await run(() => chunks.deleteMany({ stream, seq: { $lt: seq }, position: { $gte: furthest } }));
          return;
        }
        await run(() => chunks.deleteMany({ stream, seq: { $lt: seq } }));
        await run(() => streams.deleteOne({ _id: stream }));
        if (source === null) return;
        at = await run(() => streams.findOne({ _id: source, state: "deleted" }));
      }
    },

    /**
     * Renews the TTL of a stream after a read or an append. To save writes, does nothing if the time
     * since the last renewal is less than 1/50 of the TTL. For example, a stream with a TTL of 50
     * seconds is renewed at most once per second, so it expires 49 to 50 seconds after its last read or append.
     */
    async keepAlive({ _id, ttlSeconds, touchedAt }: StreamDocument): Promise<void> {
      const nowMs = Date.now();
      if (ttlSeconds === null || nowMs - touchedAt.getTime() < ttlSeconds * 20) return;
      const dueAt = new Date(nowMs + ttlSeconds * 1000);
      await run(() => streams.updateOne({ _id }, { $set: { touchedAt: new Date(nowMs), dueAt } }));
    },

    /**
     * Removes up to 100 expired streams, and finishes removals that a killed process had started.
     * Returns the number of expired streams that this call found.
     */
    async sweep(): Promise<number> {
      const due = await run(() =>
        streams
          .find({ state: "live", dueAt: { $lte: new Date() } })
          .limit(sweptAtOnce)
          .toArray(),
      );
      for (const document of due) await found.discard(document);
      // The query has no limit. With a limit, it could return only deleted streams that still have forks, and the other
      // deleted streams would never be removed.
      const begun = await run(() => streams.find({ state: "deleted" }).toArray());
      const forkedIds = await run(() =>
        streams.distinct("source", { source: { $in: begun.map(({ _id }) => _id) } }),
      );
      for (const document of begun) {
        if (!forkedIds.includes(document._id)) await found.removeUnused(document);
      }
      return due.length;
    },
  };
  return found;
}

export const isExpired = ({ expiresAt, ttlSeconds, touchedAt }: StreamDocument): boolean => {
  const nowMs = Date.now();
  return (
    (expiresAt !== null && nowMs >= expiresAt.getTime()) ||
    (ttlSeconds !== null && nowMs >= touchedAt.getTime() + ttlSeconds * 1000)
  );
};

export const headOf = ({ head }: Pick<StreamDocument, "head">): Uint8Array | null =>
  head === undefined ? null : head.buffer.subarray(0, head.position);

export const logOf = ({ _id, start }: StreamDocument): Log => ({ stream: _id, start });

export function stateOf(document: StreamDocument, { tail, closed }: Place): StreamState {
  const { ttlSeconds, expiresAt } = document;
  const state = {
    id: document._id,
    contentType: document.contentType,
    tail,
    closed,
    createdAtMs: document.createdAt.getTime(),
    ancestors: document.ancestors,
  };
  if (ttlSeconds !== null) return { ...state, ttlSeconds };
  return expiresAt === null ? state : { ...state, expiresAtMs: expiresAt.getTime() };
}
