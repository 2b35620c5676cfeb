// The tables of a business's database: their columns, and which of them belong to a user.
import type { Generated } from "kysely";

/**
 * The type of a column, the same on every engine. A timestamp is read as RFC 3339 in UTC with
 * milliseconds everywhere.
 */
export type ColumnType = "id" | "text" | "integer" | "bigint" | "boolean" | "timestamp" | "json";

export interface ColumnDeclaration {
  readonly type: ColumnType;
  readonly nullable?: true;
  /**
   * The table whose `id` the column contains. A named query may store only the id of a row that its
   * caller owns.
   */
  readonly references?: string;
}

export interface TableDeclaration {
  readonly columns: Readonly<Record<string, ColumnDeclaration>>;
  /**
   * The access of named queries to the rows. `{ owner }`: only the user in this column has access,
   * and the engine adds the condition. "internal": no query may use the table.
   */
  readonly access: { readonly owner: string } | "internal";
}

const id = { type: "id" } as const;
const idOf = <Table extends string>(references: Table) => ({ type: "id", references }) as const;
const maybeIdOf = <Table extends string>(references: Table) =>
  ({ type: "id", nullable: true, references }) as const;
const text = { type: "text" } as const;
const maybeText = { type: "text", nullable: true } as const;
const integer = { type: "integer" } as const;
const maybeInteger = { type: "integer", nullable: true } as const;
const bigint = { type: "bigint" } as const;
const maybeBigint = { type: "bigint", nullable: true } as const;
const timestamp = { type: "timestamp" } as const;
const maybeTimestamp = { type: "timestamp", nullable: true } as const;
const maybeJson = { type: "json", nullable: true } as const;

export const businessSchema = {
  users: {
    access: { owner: "id" },
    columns: { id, kind: text, createdAt: timestamp },
  },
  sessions: {
    access: "internal",
    columns: {
      id,
      userId: idOf("users"),
      createdAt: timestamp,
      expiresAt: timestamp,
      revokedAt: maybeTimestamp,
    },
  },
  logins: {
    access: "internal",
    columns: {
      userId: idOf("users"),
      email: text,
      foldedEmail: text,
      passwordHash: text,
      createdAt: timestamp,
    },
  },
  projects: {
    access: { owner: "userId" },
    columns: {
      id,
      userId: idOf("users"),
      name: text,
      createdAt: timestamp,
      updatedAt: timestamp,
      deletedAt: maybeTimestamp,
      deletionId: maybeIdOf("deletions"),
    },
  },
  tracks: {
    access: { owner: "userId" },
    columns: {
      id,
      userId: idOf("users"),
      projectId: idOf("projects"),
      title: text,
      createdAt: timestamp,
      updatedAt: timestamp,
      deletedAt: maybeTimestamp,
      deletionId: maybeIdOf("deletions"),
    },
  },
  versions: {
    access: { owner: "userId" },
    columns: {
      id,
      userId: idOf("users"),
      trackId: idOf("tracks"),
      parentId: maybeIdOf("versions"),
      number: integer,
      prompt: text,
      instruction: maybeText,
      seed: bigint,
      spec: maybeJson,
      durationMs: maybeInteger,
      audioBytes: maybeBigint,
      peaks: maybeText,
      madeBy: maybeText,
      storage: text,
      objectBytes: maybeBigint,
      objectCrc32c: maybeBigint,
      chunksExpireAt: maybeTimestamp,
      createdAt: timestamp,
      updatedAt: timestamp,
      deletedAt: maybeTimestamp,
      deletionId: maybeIdOf("deletions"),
    },
  },
  generations: {
    access: { owner: "userId" },
    columns: {
      id,
      userId: idOf("users"),
      projectId: idOf("projects"),
      trackId: idOf("tracks"),
      versionId: idOf("versions"),
      state: text,
      prompt: text,
      seed: bigint,
      durationSeconds: integer,
      idempotencyKey: maybeText,
      requestHash: maybeText,
      epoch: integer,
      generatedMs: integer,
      plannedMs: maybeInteger,
      plannedBytes: maybeBigint,
      reasonCode: maybeText,
      reason: maybeText,
      createdAt: timestamp,
      startedAt: maybeTimestamp,
      finishedAt: maybeTimestamp,
    },
  },
  generationOrigins: {
    access: "internal",
    columns: { generationId: idOf("generations"), address: text },
  },
  deletions: {
    access: { owner: "userId" },
    columns: {
      id,
      userId: id,
      kind: text,
      subjectId: id,
      title: text,
      trackCount: integer,
      versionCount: integer,
      deletedAt: timestamp,
      purgeAfter: timestamp,
    },
  },
  receipts: {
    access: { owner: "userId" },
    columns: {
      id,
      userId: id,
      kind: text,
      subjectId: id,
      title: text,
      state: text,
      projectCount: integer,
      trackCount: integer,
      versionCount: integer,
      generationCount: integer,
      streamCount: integer,
      streamBytes: bigint,
      objectCount: integer,
      objectBytes: bigint,
      requestedAt: timestamp,
      completedAt: maybeTimestamp,
    },
  },
  purgeItems: {
    access: "internal",
    columns: { id, receiptId: id, store: text, path: text, bytes: maybeBigint },
  },
  outbox: {
    access: "internal",
    columns: { id, queue: text, job: { type: "json" }, createdAt: timestamp },
  },
} as const satisfies Record<string, TableDeclaration>;

/** The kinds of things that a person deletes, restores and purges. */
export type ThingKind = "project" | "track" | "version";

/**
 * chunks: only in the chunk store. stored: a verified object, beside chunks that may expire. empty:
 * the generation ended without sound. damaged: the object differs from what was written, and the
 * chunks no longer exist.
 */
export type AudioStorage = "chunks" | "stored" | "empty" | "damaged";

export type GenerationState = "queued" | "running" | "complete" | "failed" | "cancelled";

/** The same tables as Kysely sees them. Instants are RFC 3339 strings. */
export interface BusinessTables {
  users: { id: string; kind: "guest" | "member" | "external" | "deleted"; createdAt: string };
  sessions: { id: string; userId: string; createdAt: string; expiresAt: string; revokedAt: string | null };
  /** The logins of members. */
  logins: {
    userId: string;
    /** The e-mail as it was typed; the folded one is unique. */
    email: string;
    foldedEmail: string;
    passwordHash: string;
    createdAt: string;
  };
  projects: {
    id: string;
    userId: string;
    name: string;
    createdAt: string;
    updatedAt: string;
    deletedAt: string | null;
    /** The deletion that moved it to the trash. */
    deletionId: string | null;
  };
  tracks: {
    id: string;
    userId: string;
    projectId: string;
    title: string;
    createdAt: string;
    updatedAt: string;
    deletedAt: string | null;
    deletionId: string | null;
  };
  versions: {
    id: string;
    userId: string;
    trackId: string;
    parentId: string | null;
    /** 1, 2, 3… within the track. */
    number: number;
    prompt: string;
    instruction: string | null;
    seed: number;
    /** The generator's plan as JSON text. */
    spec: string | null;
    durationMs: number | null;
    audioBytes: number | null;
    /**
     * 100 unsigned bytes of loudness over the whole length, as base64: the small waveform in lists.
     */
    peaks: string | null;
    /** The generator's name. */
    madeBy: string | null;
    storage: Generated<AudioStorage>;
    /** The size of the object, while `storage` is stored or damaged. */
    objectBytes: number | null;
    objectCrc32c: number | null;
    /** The time at which the chunks beside the object are deleted; null: they are deleted already, or stay for good. */
    chunksExpireAt: string | null;
    createdAt: string;
    updatedAt: string;
    deletedAt: string | null;
    deletionId: string | null;
  };
  generations: {
    /** The request's id. */
    id: string;
    userId: string;
    projectId: string;
    trackId: string;
    versionId: string;
    state: GenerationState;
    prompt: string;
    seed: number;
    durationSeconds: number;
    idempotencyKey: string | null;
    /** The hash of the request with the key: the same key with another request is refused. */
    requestHash: string | null;
    /** Counts the workers that claimed it; only the highest may write. */
    epoch: Generated<number>;
    generatedMs: Generated<number>;
    plannedMs: number | null;
    plannedBytes: number | null;
    reasonCode: string | null;
    reason: string | null;
    createdAt: string;
    startedAt: string | null;
    finishedAt: string | null;
  };
  /** The addresses from which guests requested generations. */
  generationOrigins: {
    generationId: string;
    /** The keyed hash of the address. */
    address: string;
  };
  /** Deletions that can still be undone: the content of the trash. */
  deletions: {
    id: string;
    userId: string;
    kind: ThingKind;
    subjectId: string;
    title: string;
    trackCount: number;
    versionCount: number;
    deletedAt: string;
    purgeAfter: string;
  };
  /** The receipts of purges. */
  receipts: {
    id: string;
    userId: string;
    kind: ThingKind;
    subjectId: string;
    title: string;
    state: "purging" | "complete";
    projectCount: number;
    trackCount: number;
    versionCount: number;
    generationCount: number;
    streamCount: number;
    streamBytes: number;
    objectCount: number;
    objectBytes: number;
    requestedAt: string;
    completedAt: string | null;
  };
  /** Data in the stores that a purge still has to remove; its rows are already deleted. */
  purgeItems: {
    id: string;
    receiptId: string;
    store: "streams" | "objects";
    path: string;
    /** Measured before the removal; null until then. */
    bytes: number | null;
  };
  outbox: { id: string; queue: string; job: string; createdAt: string };
}
