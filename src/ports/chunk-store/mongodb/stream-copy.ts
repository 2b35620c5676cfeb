// Reads and writes whole streams of one business in MongoDB, for a move to another store.
import { Binary, ObjectId } from "mongodb";
import type { Producer } from "../chunk-store.ts";
import type { PutStream, StreamRecord } from "../stream-copy.ts";
import type { Connection } from "./connection.ts";
import type { ChunkDocument, Collections, StreamDocument } from "./documents.ts";
import { isDuplicateKey } from "./errors.ts";
import type { Logs } from "./log.ts";
import { graceMs, headOf, isExpired, logOf, type Streams } from "./streams.ts";

export function createStreamCopies(
  { run }: Pick<Connection, "run">,
  { streams: documents, chunks }: Collections,
  logs: Logs,
  streams: Streams,
) {
  const findLive = async (path: string): Promise<StreamDocument | undefined> => {
    const document = await streams.find(path);
    return document?.state === "live" && !isExpired(document) ? document : undefined;
  };

  const producersOf = async (stream: string): Promise<readonly Producer[]> => {
    const entries = await run(() =>
      chunks
        .find(
          { stream, "producer.id": { $exists: true } },
          { projection: { producer: 1, seq: 1 }, sort: { seq: 1 } },
        )
        .toArray(),
    );
    const last = new Map(
      entries.flatMap(({ producer }) => (producer ? [[producer.id, producer] as const] : [])),
    );
    return [...last.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  };

  const recordOf = async (document: StreamDocument): Promise<StreamRecord> => {
    const { tail, closed, sequence } = await logs.endOf(logOf(document));
    const { given } = document;
    return {
      ...{ id: document._id, contentType: document.contentType, tail, closed },
      ...{ createdAtMs: document.createdAt.getTime(), touchedAtMs: document.touchedAt.getTime() },
      ...{ ttlSeconds: document.ttlSeconds, expiresAtMs: document.expiresAt?.getTime() ?? null },
      sequence: sequence ?? null,
      given: {
        ...{ createdClosed: document.createdClosed, ttlSeconds: given.ttlSeconds },
        ...{ expiresAtMs: given.expiresAt?.getTime() ?? null, forkPath: given.forkPath },
        ...{ forkPosition: given.forkPosition, forkHead: given.hasHead === true ? headOf(document) : null },
      },
      producers: await producersOf(document._id),
    };
  };

  /** Removes the chunks of a stream that has no document. If the document exists, does nothing. */
  const discard = async (stream: string): Promise<void> => {
    if ((await run(() => documents.findOne({ _id: stream }))) !== null) return;
    await run(() => chunks.deleteMany({ stream }));
  };

  /**
   * Removes an expired or deleted stream from the path. Returns true if the path is free afterwards. Returns false if
   * the stream at the path is still live, or has forks.
   */
  const clear = async (path: string): Promise<boolean> => {
    const existing = await streams.find(path);
    if (existing === null) return true;
    const isLive = existing.state === "live" && !isExpired(existing);
    if (isLive || (await streams.hasForks(existing._id))) return false;
    if (existing.state === "live") await streams.discard(existing);
    else await streams.removeUnused(existing);
    return true;
  };

  async function* stored(stream: string): AsyncGenerator<Uint8Array> {
    for (let from = 0; ;) {
      const page = await run(() =>
        chunks
          .find({ stream, seq: { $gte: from } })
          .sort({ seq: 1 })
          .limit(16)
          .toArray(),
      );
      for (const { data } of page) if (data !== undefined) yield data.buffer.subarray(0, data.position);
      const last = page.at(-1);
      if (last === undefined) return;
      from = last.seq + 1;
    }
  }

  return {
    async describe(path: string): Promise<StreamRecord | undefined> {
      const document = await findLive(path);
      return document && recordOf(document);
    },

    /**
     * Inserts an entry after the last chunk. Each append first reads the last entry. Until the time in the entry's field
     * `heldUntil`, the append is then refused with UNAVAILABLE (`streamMoves` in ../stream-copy.ts). An append can also
     * have read the last entry before this insertion. That append fails, because its chunk would have the same `seq` as
     * the inserted entry. A closed stream gets no entry, because a closed stream
     * refuses all appends.
     */
    async hold(path: string, ms: number): Promise<StreamRecord | undefined> {
      for (;;) {
        const document = await findLive(path);
        if (document === undefined) return undefined;
        const { next, tail, sequence, closed, gone } = await logs.endOf(logOf(document));
        if (closed || gone) return recordOf(document);
        const entry: ChunkDocument = {
          ...{ _id: new ObjectId(), stream: document._id, seq: next, position: tail, bytes: 0 },
          heldUntil: new Date(Date.now() + ms),
          ...(sequence === undefined ? {} : { sequence }),
          ...expiryOf(document.expiresAt?.getTime() ?? null),
        };
        try {
          await run(() => chunks.insertOne(entry));
          return await recordOf(document);
        } catch (err) {
          if (!isDuplicateKey(err)) throw err;
        }
      }
    },

    async put({ key: { path }, record, content, isGood }: PutStream): Promise<boolean> {
      const { id: stream, tail } = record;
      await discard(stream);
      let [seq, position] = [0, 0];
      const insert = async (entry: Partial<ChunkDocument>): Promise<void> => {
        const bytes = entry.data?.position ?? 0;
        const document = { _id: new ObjectId(), stream, seq, position, bytes, at: new Date(), ...entry };
        await run(() => chunks.insertOne({ ...document, ...expiryOf(record.expiresAtMs) }));
        seq += 1;
        position += bytes;
      };
      for await (const group of content) {
        const sizes = group.length > 1 ? { sizes: group.map(({ byteLength }) => byteLength) } : {};
        await insert({ data: new Binary(Buffer.concat(group)), ...sizes });
      }
      for (const producer of record.producers) await insert({ producer: { ...producer } });
      await insert({
        ...(record.closed ? { end: true } : {}),
        ...(record.sequence === null ? {} : { sequence: record.sequence }),
      });
      if (position === tail && (await isGood(stored(stream))) && (await clear(path))) {
        try {
          await run(() => documents.insertOne(documentOf(path, record)));
          return true;
        } catch (err) {
          if (!isDuplicateKey(err)) throw err;
        }
      }
      await discard(stream);
      return false;
    },

    discard,
  };
}

const expiryOf = (expiresAtMs: number | null): Pick<ChunkDocument, "expireAt"> =>
  expiresAtMs === null ? {} : { expireAt: new Date(expiresAtMs + graceMs) };

function documentOf(path: string, record: StreamRecord): StreamDocument {
  const { given, ttlSeconds, expiresAtMs, touchedAtMs } = record;
  const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
  const { forkHead } = given;
  return {
    ...{ _id: record.id, path, contentType: record.contentType, createdAt: new Date(record.createdAtMs) },
    ...{ createdClosed: given.createdClosed, start: 0, ttlSeconds, expiresAt: dateOf(expiresAtMs) },
    given: {
      ...{ ttlSeconds: given.ttlSeconds, expiresAt: dateOf(given.expiresAtMs) },
      ...{ forkPath: given.forkPath, forkPosition: given.forkPosition },
      ...(forkHead === null ? {} : { hasHead: true }),
    },
    ...(forkHead === null ? {} : { head: new Binary(forkHead) }),
    ...{ source: null, ancestors: [], state: "live", touchedAt: new Date(touchedAtMs) },
    dueAt: dateOf(expiresAtMs ?? (ttlSeconds === null ? null : touchedAtMs + ttlSeconds * 1_000)),
  };
}
