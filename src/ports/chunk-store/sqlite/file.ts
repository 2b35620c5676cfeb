// Reads and writes one business's chunk file. Each creation, append, deletion and sweep is one transaction.
import { AppError } from "../../../errors.ts";
import type {
  Append,
  AppendResult,
  ChunkRead,
  DeleteOptions,
  StreamFilter,
  StreamOptions,
  StreamState,
} from "../chunk-store.ts";
import { forked, gone } from "../append-rules.ts";
import { createAppendRows } from "./append.ts";
import { createCreateRow } from "./create.ts";
import { translating } from "./errors.ts";
import { type StreamRow, createRows, isExpired } from "./rows.ts";
import { type OpenOptions, openConnection } from "./schema.ts";

export type ChunkFile = ReturnType<typeof openChunkFile>;

interface ChunkRow {
  readonly position: number;
  readonly bytes: Uint8Array;
}

const chunksPerRead = 8_192;
/** A file with fewer unused pages (4 KiB each) is not shrunk, because new chunks soon use these pages again. */
const unusedPagesMin = 512;
/**
 * The number of pages that one step returns to the disk. Writers wait until the step has ended, and each page needs
 * space in the write-ahead log. So a larger number would let writers wait longer, and would need more disk space.
 */
const pagesGivenBack = 1_024;
/**
 * The highest Unicode character. All paths with a prefix are between the prefix and the prefix followed by this
 * character.
 */
const lastCharacter = "\u{10ffff}";

export function openChunkFile(file: string, options: OpenOptions) {
  const db = translating(() => openConnection(file, options));
  const rows = createRows(db);
  const createRow = createCreateRow(db, rows);
  const { append, appendFirst } = createAppendRows(db, rows);
  const chunksBetween = db.prepare<ChunkRow, [number, number, number, number, number]>(
    `select position, bytes from chunks where streamRow = ? and position < ? and position >=
       coalesce((select max(position) from chunks where streamRow = ? and position <= ?), 0)
     order by position limit ?`,
  );
  const touch = db.prepare<void, [number, number]>("update streams set touchedAtMs = ? where streamRow = ?");
  const dataVersion = db.prepare<{ data_version: number }, []>("pragma data_version");
  const clock = db.prepare<{ value: number; removedAt: number }, []>("select value, removedAt from clock");
  const changedSince = db.prepare<{ path: string }, [number]>("select path from streams where changed > ?");
  const expired = db.prepare<StreamRow, [number, number]>(
    `select * from streams where (expiresAtMs is not null or ttlSeconds is not null) and deleted = 0
     and (expiresAtMs <= ?1 or touchedAtMs + ttlSeconds * 1000 <= ?2) limit 100`,
  );

  const listed = db.prepare<StreamRow, [string, string, string, number, number]>(
    `select * from streams where path >= ?1 and path > ?2 and path < ?3 and deleted = 0
     and (expiresAtMs is null or expiresAtMs > ?4)
     and (ttlSeconds is null or touchedAtMs + ttlSeconds * 1000 > ?4)
     order by path limit ?5`,
  );

  const unused = db.prepare<{ freelist_count: number }, []>("pragma freelist_count");
  const giveBack = db.prepare(`pragma incremental_vacuum(${pagesGivenBack})`);
  const checkpoint = db.prepare("pragma wal_checkpoint(passive)");

  const inOneStep = <T>(step: () => T): T => translating(() => db.transaction(step).immediate());

  /**
   * Returns undefined for a missing or expired stream. Throws GONE for a deleted stream that still
   * has forks.
   */
  const findLive = (path: string, nowMs: number): StreamRow | undefined => {
    const row = rows.find(path);
    if (row === null || (row.deleted === 0 && isExpired(row, nowMs))) return undefined;
    if (row.deleted === 1) throw gone();
    return row;
  };

  const discard = (row: StreamRow): void => {
    if (row.forks > 0) rows.retire(row);
    else rows.remove(row);
  };

  /**
   * Renews the TTL of a stream after a read. To save writes, a renewal is stored only when 1/50 of the TTL has passed
   * since the last renewal.
   */
  const keepAlive = (row: StreamRow, nowMs: number): void => {
    if (row.ttlSeconds === null || nowMs - row.touchedAtMs < row.ttlSeconds * 20) return;
    touch.run(nowMs, row.streamRow);
  };

  return {
    create: (path: string, wanted: StreamOptions, first: Append | undefined) =>
      inOneStep(() => {
        const nowMs = Date.now();
        const { created, row } = createRow(path, wanted, first, nowMs);
        const filled = created && first !== undefined ? appendFirst(row, first, nowMs) : row;
        return { created, state: rows.stateOf(filled) };
      }),

    append: (path: string, what: Append): AppendResult =>
      inOneStep(() => {
        const { row, ...result } = append(path, what, Date.now());
        return { ...result, state: rows.stateOf(row) };
      }),

    read: (path: string, position: number, maxBytes: number): ChunkRead | undefined =>
      translating(() => {
        const nowMs = Date.now();
        const row = findLive(path, nowMs);
        if (row === undefined) return undefined;
        if (position > row.tail || position < 0) {
          throw new AppError("INVALID_OFFSET", "The offset is beyond the end of the stream.");
        }
        keepAlive(row, nowMs);
        return { ...readChunks(row, position, maxBytes), state: rows.stateOf(row) };
      }),

    head: (path: string): StreamState | undefined =>
      translating(() => {
        const row = findLive(path, Date.now());
        return row === undefined ? undefined : rows.stateOf(row);
      }),

    list: ({ prefix = "", after = "", limit = 1_000 }: Omit<StreamFilter, "businessId">) =>
      translating(() =>
        listed
          .all(prefix, after, `${prefix}${lastCharacter}`, Date.now(), Math.max(1, Math.min(limit, 1_000)))
          .map((row) => ({ path: row.path, state: rows.stateOf(row) })),
      ),

    delete: (path: string, { unlessForked = false }: DeleteOptions): boolean =>
      inOneStep(() => {
        const row = findLive(path, Date.now());
        if (row === undefined) return false;
        if (unlessForked && row.forks > 0) throw forked();
        discard(row);
        return true;
      }),

    /** Returns a number that changes when another connection commits. */
    version: (): number => translating(() => dataVersion.get()?.data_version ?? 0),

    /** Returns the number of the latest change in this file. It is not a time. */
    now: (): number => translating(() => clock.get()?.value ?? 0),

    /**
     * Returns the paths of the streams that changed after `since`, which is a number that `now` returned earlier. `all`
     * is true if a stream was removed after `since`. A removed stream leaves no row, so in this case the caller must
     * treat every stream as changed or removed.
     */
    changesSince: (
      since: number,
    ): { readonly now: number; readonly all: boolean; readonly paths: string[] } =>
      translating(() => {
        const { value, removedAt } = clock.get() ?? { value: since, removedAt: 0 };
        const paths = changedSince.all(since).map(({ path }) => path);
        return { now: value, all: removedAt > since, paths };
      }),

    /**
     * Removes at most 100 expired streams and returns their number. The bytes that a fork uses are
     * kept.
     */
    sweep: (): number => {
      const due = () => expired.all(Date.now(), Date.now());
      if (translating(due).length === 0) return 0;
      return inOneStep(() => {
        const rowsDue = due();
        for (const row of rowsDue) discard(row);
        return rowsDue.length;
      });
    },

    /** Returns some unused pages to the disk if there are many. */
    shrink: (): void =>
      translating(() => {
        if ((unused.get()?.freelist_count ?? 0) < unusedPagesMin) return;
        giveBack.all();
        checkpoint.all();
      }),

    close: (): void => db.close(),
  };

  function readChunks(row: StreamRow, position: number, maxBytes: number): Omit<ChunkRead, "state"> {
    const chunks: Uint8Array[] = [];
    let next = position;
    let startsInside = false;
    let isFull = false;
    const headBytes = Math.min(row.head?.byteLength ?? 0, row.tail);
    if (row.head !== null && position < headBytes) {
      chunks.push(row.head.subarray(position, headBytes));
      next = headBytes;
      startsInside = position > 0;
    }
    for (const { streamRow, to } of rows.segmentsOf(row)) {
      const end = Math.min(to, row.tail);
      if (isFull || next >= end) continue;
      const limit = Math.min(end, position + maxBytes);
      for (const chunk of chunksBetween.all(
        streamRow,
        Math.max(limit, next + 1),
        streamRow,
        next,
        chunksPerRead,
      )) {
        const from = next - chunk.position;
        const isCut = next > Math.max(chunk.position, headBytes);
        const bytes = chunk.bytes.subarray(from, Math.min(chunk.bytes.byteLength, end - chunk.position));
        isFull = chunks.length > 0 && next + bytes.byteLength > position + maxBytes;
        if (isFull) break;
        startsInside ||= isCut;
        chunks.push(bytes);
        next += bytes.byteLength;
      }
      // The read stopped before the end of this segment. Reading the next segment would leave a gap.
      isFull ||= next < end;
    }
    return { chunks, startsInside, next };
  }
}
