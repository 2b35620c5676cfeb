// What lies in one business's MongoDB database: two collections and their indexes. docs/reference/chunks.md tells others of it.
import { createHash } from "node:crypto";
import type { Binary, Collection, Db, ObjectId } from "mongodb";

/** One stream. Its chunks are found by `_id`, so that one made anew at the same path shares none. */
export interface StreamDocument {
  readonly _id: string;
  readonly path: string;
  readonly contentType: string;
  readonly createdAt: Date;
  readonly createdClosed: boolean;
  /** The position of its own first byte: 0, or where it left the stream it was forked from. */
  readonly start: number;
  readonly ttlSeconds: number | null;
  readonly expiresAt: Date | null;
  /** What its maker asked for, before anything was taken over from a source. */
  readonly given: {
    readonly ttlSeconds: number | null;
    readonly expiresAt: Date | null;
    readonly forkPath: string | null;
    readonly forkPosition: number | null;
    readonly hasHead?: boolean;
  };
  /** Its first bytes, where they are not its ancestors'. */
  readonly head?: Binary;
  /** The stream it was forked from. */
  readonly source: string | null;
  /** Oldest first; the last is the source. */
  readonly ancestors: readonly { readonly id: string; readonly until: number }[];
  /** `deleted`: only its forks still use it, or its removal is under way. */
  readonly state: "live" | "deleted";
  /** Which of several who deleted it at once was the one. */
  readonly deletion?: ObjectId;
  readonly touchedAt: Date;
  /** From when on it has expired. */
  readonly dueAt: Date | null;
}

/**
 * One append: a line of the stream's log. Chunks, producer, sequence and end are one document, so that one
 * insert stores all of them or nothing, and the unique (stream, seq) lets one of two writers through.
 */
export interface ChunkDocument {
  readonly _id: ObjectId;
  readonly stream: string;
  /** From 0, without gaps: what comes after a gap is not there yet. */
  readonly seq: number;
  readonly data?: Binary;
  /** The lengths of the chunks in `data`, where there are several. */
  readonly sizes?: readonly number[];
  /** Nothing follows. */
  readonly end?: boolean;
  /** The stream was deleted here: takes the place that a late append would want. */
  readonly gone?: boolean;
  readonly producer?: { readonly id: string; readonly epoch: number; readonly seq: number };
  /** Of this append, or of the last one before it that had one. */
  readonly sequence?: string;
  /** Where `data` begins, and how long it is. A writer that doesn't know leaves both out; the store adds them. */
  readonly position?: number;
  readonly bytes?: number;
  readonly at?: Date;
  /** When the server itself takes the document away. */
  readonly expireAt?: Date;
  /** Told by generators that write directly; the store keeps them and does not read them. */
  readonly requestId?: string;
  readonly userId?: string;
  readonly rowId?: string;
}

export interface Collections {
  readonly streams: Collection<StreamDocument>;
  /** Read as a majority of the servers has it: what a failover can't take back. */
  readonly chunks: Collection<ChunkDocument>;
}

export function collectionsOf(db: Db, options: { readonly isReplicated: boolean }): Collections {
  const settled = options.isReplicated ? { readConcern: { level: "majority" } as const } : {};
  return {
    streams: db.collection<StreamDocument>("streams"),
    chunks: db.collection<ChunkDocument>("chunks", settled),
  };
}

/** May run at once from many processes. */
export async function ensureIndexes({ streams, chunks }: Collections): Promise<void> {
  await Promise.all([
    streams.createIndexes([
      { key: { path: 1 }, unique: true },
      { key: { source: 1 } },
      { key: { state: 1, dueAt: 1 } },
    ]),
    chunks.createIndexes([
      { key: { stream: 1, seq: 1 }, unique: true },
      { key: { stream: 1, position: 1, seq: 1 } },
      {
        key: { stream: 1, "producer.id": 1, seq: 1 },
        partialFilterExpression: { "producer.id": { $exists: true } },
      },
      { key: { expireAt: 1 }, expireAfterSeconds: 0 },
    ]),
  ]);
}

/** A name for any business id: no two ids share one, on a server that ignores case too. */
export const databaseNameOf = (businessId: string, prefix = "rondo_"): string =>
  /^[a-z0-9][a-z0-9-]{0,39}$/.test(businessId)
    ? `${prefix}${businessId}`
    : `${prefix}_${createHash("sha256").update(businessId).digest("hex").slice(0, 40)}`;
