// Defines the rows of a chunk file (the SQLite file with the streams of one business), and the statements that find and
// remove these rows.
import type { StreamState } from "../chunk-store.ts";
import type { Connection } from "./schema.ts";

export interface StreamRow {
  readonly streamRow: number;
  readonly path: string;
  readonly id: string;
  readonly contentType: string;
  readonly tail: number;
  readonly closed: number;
  readonly createdClosed: number;
  readonly createdAtMs: number;
  readonly touchedAtMs: number;
  readonly ttlSeconds: number | null;
  readonly expiresAtMs: number | null;
  readonly givenTtlSeconds: number | null;
  readonly givenExpiresAtMs: number | null;
  readonly sequence: string | null;
  readonly forkRow: number | null;
  readonly forkPath: string | null;
  readonly forkPosition: number;
  readonly forkGivenPosition: number | null;
  /** The first bytes of a fork. They replace the first bytes of the stream from which the fork was made. */
  readonly head: Uint8Array | null;
  readonly forkHeadGiven: number;
  readonly forks: number;
  readonly deleted: number;
  /** Until this instant the stream refuses appends, because it is being moved to another store. */
  readonly heldUntilMs: number | null;
}

/**
 * The row whose chunks contain the bytes `[from, to)` of a stream: the stream's own row, or the row
 * of an ancestor. For the stream's own row, `to` is unlimited.
 */
export interface Segment {
  readonly streamRow: number;
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

export type Rows = ReturnType<typeof createRows>;

const lineagesKept = 1_000;

export function createRows(db: Connection) {
  const byPath = db.prepare<StreamRow, [string]>("select * from streams where path = ?");
  const byRow = db.prepare<StreamRow, [number]>("select * from streams where streamRow = ?");
  const tick = db.prepare<{ value: number }, []>("update clock set value = value + 1 returning value");
  const dropUnshared = db.prepare<void, [number]>(
    `delete from chunks where streamRow = ?1
     and position >= (select max(forkPosition) from streams where forkRow = ?1)`,
  );
  const markDeleted = db.prepare<void, [number, number]>(
    "update streams set deleted = 1, changed = ? where streamRow = ?",
  );
  const tickRemoval = db.prepare("update clock set value = value + 1, removedAt = value + 1");
  const dropChunks = db.prepare<void, [number]>("delete from chunks where streamRow = ?");
  const dropProducers = db.prepare<void, [number]>("delete from producers where streamRow = ?");
  const dropStream = db.prepare<void, [number]>("delete from streams where streamRow = ?");
  const release = db.prepare<StreamRow, [number]>(
    "update streams set forks = forks - 1 where streamRow = ? returning *",
  );
  /** The cached segments of streams. They can be cached because the ancestors of a stream never change. */
  const lineages = new Map<number, readonly Segment[]>();

  const rows = {
    find: (path: string): StreamRow | null => byPath.get(path),

    nextChange: (): number => tick.get()?.value ?? 0,

    /** Returns the segments in the order of their bytes. The last segment is the stream's own. */
    segmentsOf(row: StreamRow): readonly Segment[] {
      if (row.forkRow === null) return [{ streamRow: row.streamRow, id: row.id, from: 0, to: Infinity }];
      const known = lineages.get(row.streamRow);
      if (known !== undefined) return known;
      const segments: Segment[] = [];
      let to = Infinity;
      for (
        let at: StreamRow | null = row;
        at !== null;
        at = at.forkRow === null ? null : byRow.get(at.forkRow)
      ) {
        segments.unshift({ streamRow: at.streamRow, id: at.id, from: Math.min(at.forkPosition, to), to });
        to = Math.min(to, at.forkPosition);
      }
      if (lineages.size >= lineagesKept) lineages.clear();
      lineages.set(row.streamRow, segments);
      return segments;
    },

    stateOf(row: StreamRow): StreamState {
      const state = {
        id: row.id,
        contentType: row.contentType,
        tail: row.tail,
        closed: row.closed === 1,
        createdAtMs: row.createdAtMs,
        ancestors: row.forkRow === null ? none : ancestorsOf(rows.segmentsOf(row)),
      };
      if (row.ttlSeconds !== null) return { ...state, ttlSeconds: row.ttlSeconds };
      return row.expiresAtMs === null ? state : { ...state, expiresAtMs: row.expiresAtMs };
    },

    /**
     * Deletes a stream that has forks: marks the stream as deleted, and keeps only the chunks that its forks share.
     * These chunks and the row are deleted when `remove` removes the last fork.
     */
    retire(row: StreamRow): void {
      markDeleted.run(rows.nextChange(), row.streamRow);
      dropUnshared.run(row.streamRow);
    },

    /**
     * Removes a stream without forks, and its bytes. If the stream is itself a fork and its source is already deleted,
     * the source is removed, too, and so on. A source with other forks stays, but loses the chunks that these forks
     * don't share.
     */
    remove(row: StreamRow): void {
      for (let at = row; ;) {
        dropChunks.run(at.streamRow);
        dropProducers.run(at.streamRow);
        dropStream.run(at.streamRow);
        lineages.delete(at.streamRow);
        const source = at.forkRow === null ? null : release.get(at.forkRow);
        if (source === null || source.deleted === 0) break;
        if (source.forks > 0) {
          dropUnshared.run(source.streamRow);
          break;
        }
        at = source;
      }
      tickRemoval.run();
    },
  };
  return rows;
}

export const isExpired = (row: StreamRow, nowMs: number): boolean =>
  (row.expiresAtMs !== null && nowMs >= row.expiresAtMs) ||
  (row.ttlSeconds !== null && nowMs >= row.touchedAtMs + row.ttlSeconds * 1000);

const none: StreamState["ancestors"] = [];

const ancestorsOf = (segments: readonly Segment[]): StreamState["ancestors"] =>
  segments.slice(0, -1).map(({ id, to }) => ({ id, until: to }));
