// Defines the schema of one business's MongoDB database: two collections and their indexes. docs/reference/chunks.md
// documents this schema.
import { createHash } from "node:crypto";
import type { Binary, Collection, Db, ObjectId } from "mongodb";

/**
 * One stream. Its chunks refer to `_id`, so a stream that is created again at the same path has none of the old chunks.
 */
export interface StreamDocument {
  readonly _id: string;
  readonly path: string;
  readonly contentType: string;
  readonly createdAt: Date;
  readonly createdClosed: boolean;
  /** The position of the first byte that is stored in this stream itself: 0, or the fork position. */
  readonly start: number;
  readonly ttlSeconds: number | null;
  readonly expiresAt: Date | null;
  /**
   * The options of the call that created the stream. Options that a fork inherits from the stream from which it was
   * forked are not included.
   */
  readonly given: {
    readonly ttlSeconds: number | null;
    readonly expiresAt: Date | null;
    readonly forkPath: string | null;
    readonly forkPosition: number | null;
    readonly hasHead?: boolean;
  };
  /** Only in a fork: its first bytes. They replace the first bytes of the stream from which the fork was made. */
  readonly head?: Binary;
  /** The id of the stream from which this stream was forked. */
  readonly source: string | null;
  /**
   * The streams whose bytes a fork shares, oldest first. The last one is the source. `until` is the position at which
   * the shared bytes of this ancestor end. Bytes that the `head` of a fork replaces are not shared.
   */
  readonly ancestors: readonly { readonly id: string; readonly until: number }[];
  /** A `deleted` stream is used only by its forks or is being removed. */
  readonly state: "live" | "deleted";
  /** Identifies the call that deleted the stream. Several calls can try at the same time. */
  readonly deletion?: ObjectId;
  /**
   * The time of the creation, or of the last stored renewal of the TTL. A renewal is stored only if at least 2 % of the
   * TTL have passed since this time.
   */
  readonly touchedAt: Date;
  /** The time at which the stream expires, by `expiresAt` or by the TTL. Null: the stream does not expire. */
  readonly dueAt: Date | null;
}

/**
 * One entry of the stream's log: an append, or a part of a large append. Chunks, producer, sequence and end are in one
 * document, so that one insert stores all of them or none. If two writers insert at the same time, the unique index on
 * (stream, seq) refuses one of them.
 */
export interface ChunkDocument {
  readonly _id: ObjectId;
  readonly stream: string;
  /**
   * The number of the entry. Writers have to count from 0 without gaps. As long as a number is
   * missing, entries with higher numbers are invisible.
   */
  readonly seq: number;
  readonly data?: Binary;
  /** The lengths of the chunks in `data`, if there are several. */
  readonly sizes?: readonly number[];
  /** Whether the stream is closed after this entry. */
  readonly end?: boolean;
  /**
   * Marks the deletion of the stream. The mark has the next `seq` of the log. An append that comes too late would need
   * the same `seq`, so it fails.
   */
  readonly gone?: boolean;
  /**
   * Until this instant the stream refuses appends, because it is being moved to another store. An entry with this field
   * has no bytes.
   */
  readonly heldUntil?: Date;
  readonly producer?: { readonly id: string; readonly epoch: number; readonly seq: number };
  /** The Stream-Seq of this append, or of the last earlier append that had a Stream-Seq. */
  readonly sequence?: string;
  /**
   * `position` is the position of `data` in the stream, and `bytes` is the number of bytes of
   * `data`. If a generator that writes directly to MongoDB doesn't know these two numbers, it leaves
   * both out, and the store adds them.
   */
  readonly position?: number;
  readonly bytes?: number;
  readonly at?: Date;
  /** The instant at which MongoDB's TTL index removes the document. */
  readonly expireAt?: Date;
  /** Fields for generators that write directly to MongoDB. The store keeps these fields and doesn't read them. */
  readonly requestId?: string;
  readonly userId?: string;
  readonly rowId?: string;
}

export interface Collections {
  readonly streams: Collection<StreamDocument>;
  /**
   * On a replica set or a sharded cluster, a read returns only data that a majority of the servers
   * has stored. A failover can't undo this data.
   */
  readonly chunks: Collection<ChunkDocument>;
}

export function collectionsOf(db: Db, options: { readonly isReplicated: boolean }): Collections {
  const settled = options.isReplicated ? { readConcern: { level: "majority" } as const } : {};
  return {
    streams: db.collection<StreamDocument>("streams"),
    chunks: db.collection<ChunkDocument>("chunks", settled),
  };
}

/** Creates missing indexes. Several processes can call this function at the same time. */
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

/** Returns a database name that is unique for each business id, even on a server that ignores case. */
export const databaseNameOf = (businessId: string, prefix = "rondo_"): string =>
  /^[a-z0-9][a-z0-9-]{0,39}$/.test(businessId)
    ? `${prefix}${businessId}`
    : `${prefix}_${createHash("sha256").update(businessId).digest("hex").slice(0, 40)}`;
