// Moves streams from or to a chunk store in SQLite files. In a move to another store, this adapter reads the metadata
// of a stream and makes the stream refuse appends for some time. In a move to the SQLite files, this adapter writes the
// metadata and all chunks.
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Producer, StreamKey } from "../chunk-store.ts";
import type { StreamCopy, StreamRecord } from "../stream-copy.ts";
import { translating } from "./errors.ts";
import { fileNameOf } from "./file-name.ts";
import { createRows, isExpired, type StreamRow } from "./rows.ts";
import { type Connection, openConnection } from "./schema.ts";

/**
 * While a copy is unfinished, its chunks have this number in the column `streamRow`. The number is negative, so
 * no stream has this number.
 */
const stagingRowOf = (streamId: string): number =>
  -1 - Number(createHash("sha256").update(streamId).digest().readBigUInt64BE() >> 12n);

const readAtOnce = 64;

export function createSqliteStreamCopy(directory: string): StreamCopy {
  const files = new Map<string, ReturnType<typeof openFile>>();
  const fileOf = ({ businessId }: StreamKey) => {
    const file = files.get(businessId) ?? openFile(directory, businessId);
    files.set(businessId, file);
    return file;
  };

  return {
    describe: async (key) => translating(() => fileOf(key).describe(key.path)),
    hold: async (key, ms) => translating(() => fileOf(key).hold(key.path, ms)),
    async put({ key, record, content, isGood }) {
      const file = fileOf(key);
      const staging = stagingRowOf(record.id);
      translating(() => file.unstage(staging));
      let position = 0;
      for await (const chunks of content) {
        translating(() => file.stage(staging, position, chunks));
        for (const chunk of chunks) position += chunk.byteLength;
      }
      const isStored =
        position === record.tail &&
        (await isGood(file.staged(staging))) &&
        translating(() => file.publish(key.path, record, staging));
      if (!isStored) translating(() => file.unstage(staging));
      return isStored;
    },
    discard: async (key, streamId) => translating(() => fileOf(key).unstage(stagingRowOf(streamId))),
    async close() {
      for (const { db } of files.values()) db.close();
      files.clear();
    },
  };
}

function openFile(directory: string, businessId: string) {
  translating(() => mkdirSync(directory, { recursive: true }));
  const db: Connection = translating(() =>
    openConnection(join(directory, fileNameOf(businessId)), { sync: "full", bytesMax: undefined }),
  );
  const rows = createRows(db);
  const producersOf = db.prepare<Producer, [number]>(
    "select producerId id, epoch, seq from producers where streamRow = ? order by producerId",
  );
  const holdUntil = db.prepare<void, [number, number]>(
    "update streams set heldUntilMs = ? where streamRow = ?",
  );
  const addChunk = db.prepare<void, [number, number, Uint8Array]>(
    "insert into chunks (streamRow, position, bytes) values (?, ?, ?)",
  );
  const chunksFrom = db.prepare<{ position: number; bytes: Uint8Array }, [number, number, number]>(
    "select position, bytes from chunks where streamRow = ? and position >= ? order by position limit ?",
  );
  const dropChunks = db.prepare<void, [number]>("delete from chunks where streamRow = ?");
  const adopt = db.prepare<void, [number, number]>("update chunks set streamRow = ? where streamRow = ?");
  const addProducer = db.prepare<void, [number, string, number, number]>(
    "insert into producers (streamRow, producerId, epoch, seq) values (?, ?, ?, ?)",
  );
  const addStream = db.prepare<{ streamRow: number }, [Record<string, string | number | Uint8Array | null>]>(
    `insert into streams
      (path, id, contentType, tail, closed, createdClosed, createdAtMs, touchedAtMs, ttlSeconds, expiresAtMs,
       givenTtlSeconds, givenExpiresAtMs, sequence, forkRow, forkPath, forkPosition, forkGivenPosition, head,
       forkHeadGiven, forks, deleted, changed)
      values ($path, $id, $contentType, $tail, $closed, $createdClosed, $createdAtMs, $touchedAtMs, $ttlSeconds,
       $expiresAtMs, $givenTtlSeconds, $givenExpiresAtMs, $sequence, null, $forkPath, 0, $forkGivenPosition, $head,
       $forkHeadGiven, 0, 0, $changed) returning streamRow`,
  );

  const findLive = (path: string): StreamRow | undefined => {
    const row = rows.find(path);
    return row === null || row.deleted === 1 || isExpired(row, Date.now()) ? undefined : row;
  };
  const recordOf = (row: StreamRow): StreamRecord => ({
    ...{ id: row.id, contentType: row.contentType, createdAtMs: row.createdAtMs },
    ...{ touchedAtMs: row.touchedAtMs, ttlSeconds: row.ttlSeconds, expiresAtMs: row.expiresAtMs },
    ...{ tail: row.tail, closed: row.closed === 1, sequence: row.sequence },
    given: {
      ...{ createdClosed: row.createdClosed === 1, forkPath: row.forkPath },
      ...{ ttlSeconds: row.givenTtlSeconds, expiresAtMs: row.givenExpiresAtMs },
      ...{ forkPosition: row.forkGivenPosition, forkHead: row.forkHeadGiven === 1 ? row.head : null },
    },
    producers: producersOf.all(row.streamRow),
  });
  const describe = (path: string): StreamRecord | undefined => {
    const row = findLive(path);
    return row && recordOf(row);
  };

  return {
    db,
    describe,
    hold: (path: string, ms: number): StreamRecord | undefined =>
      db
        .transaction(() => {
          const row = findLive(path);
          if (row !== undefined) holdUntil.run(Date.now() + ms, row.streamRow);
          return row && recordOf(row);
        })
        .immediate(),
    stage: (staging: number, from: number, chunks: readonly Uint8Array[]): void =>
      db
        .transaction(() => {
          let position = from;
          for (const chunk of chunks) {
            addChunk.run(staging, position, chunk);
            position += chunk.byteLength;
          }
        })
        .immediate(),
    async *staged(staging: number): AsyncGenerator<Uint8Array> {
      for (let from = 0; ;) {
        const some = translating(() => chunksFrom.all(staging, from, readAtOnce));
        for (const { bytes } of some) yield bytes;
        const last = some.at(-1);
        if (last === undefined || some.length < readAtOnce) return;
        from = last.position + 1;
      }
    },
    publish: (path: string, record: StreamRecord, staging: number): boolean =>
      db
        .transaction(() => {
          const existing = rows.find(path);
          if (existing !== null) {
            if (existing.deleted === 1 || existing.forks > 0 || !isExpired(existing, Date.now()))
              return false;
            rows.remove(existing);
          }
          const { id, contentType, tail, closed, createdAtMs, touchedAtMs, given } = record;
          const stream = addStream.get({
            ...{ path, id, contentType, tail, closed: closed ? 1 : 0, createdAtMs, touchedAtMs },
            ...{ ttlSeconds: record.ttlSeconds, expiresAtMs: record.expiresAtMs },
            ...{ createdClosed: given.createdClosed ? 1 : 0, sequence: record.sequence },
            ...{ givenTtlSeconds: given.ttlSeconds, givenExpiresAtMs: given.expiresAtMs },
            ...{ forkPath: given.forkPath, forkGivenPosition: given.forkPosition, head: given.forkHead },
            ...{ forkHeadGiven: given.forkHead === null ? 0 : 1, changed: rows.nextChange() },
          });
          if (stream === null) throw new Error("The insert returned no row.");
          adopt.run(stream.streamRow, staging);
          for (const producer of record.producers)
            addProducer.run(stream.streamRow, producer.id, producer.epoch, producer.seq);
          return true;
        })
        .immediate(),
    unstage: (staging: number): void => void dropChunks.run(staging),
  };
}
