// Declares the tables of the control database. The migrations create the tables, and a test compares the created
// tables with this declaration.
import type { BusinessEngine } from "../../ports/business-provisioner/business-provisioner.ts";
import {
  id,
  idOf,
  integer,
  json,
  nullable,
  type TableDeclaration,
  type TablesOf,
  text,
  textOf,
  timestamp,
} from "./table-declaration.ts";

/** The kinds of due work. Each kind has its own sweep, a scheduled job that does this work. */
export type DueKind = "generations" | "tiers" | "trash" | "orphans" | "accounts";

/** The kind of the sweep that failed. "schema" is no sweep: the tables of the business could not be migrated. */
export type BusinessFaultKind = DueKind | "schema";

/**
 * The step of a move of a business from its former database to a new database. begun: the new database possibly does
 * not exist yet. copying: the new database exists, and changes of the former database are logged. switched: the
 * business uses the new database, and can return to the former database. returning: the business is returning to the
 * former database.
 */
export type MoveStep = "begun" | "copying" | "switched" | "returning";

export const controlSchema = {
  businesses: {
    columns: {
      id,
      slug: text,
      name: text,
      /**
       * deleting: after `deleteAfter`, a sweep erases the business. The deletion can be undone
       * until this erasure begins. erasing: the deletion can no longer be undone.
       */
      state: textOf<"active" | "suspended" | "deleting" | "erasing">(),
      engine: textOf<BusinessEngine>(),
      /** The address of the business's database with the credentials, as sealed (encrypted) JSON. */
      credentials: text,
      /** The sealed 32 bytes from which the business's signing keys are derived. */
      secret: text,
      /** The business's limits on shared resources, as JSON. */
      limits: json,
      createdAt: timestamp,
      deleteAfter: nullable(timestamp),
      /**
       * The id of the original business, if this business was restored from an archive. If the archive itself came from
       * a restored business, this is the id of the very first business. Null if this business was not restored.
       */
      originId: nullable(id),
    },
  },
  /** Businesses whose creation is not finished. If a creation fails or takes too long, a sweep removes the database. */
  begunBusinesses: {
    columns: {
      id,
      engine: textOf<BusinessEngine>(),
      /** begun: the business can still be created. dropping: the database is being removed. */
      state: textOf<"begun" | "dropping">(),
      begunAt: timestamp,
    },
  },
  businessKeys: {
    columns: {
      id,
      businessId: idOf("businesses"),
      /** The SHA-256 of the key in hex. The key itself is not stored. */
      hash: text,
      name: text,
      createdAt: timestamp,
      lastUsedAt: nullable(timestamp),
      revokedAt: nullable(timestamp),
      /** A JSON list of scopes; null: the key is allowed to do everything that a business is allowed to do. */
      scopes: nullable(json),
      /** A replaced key is refused after this time; null: the key does not expire. */
      expiresAt: nullable(timestamp),
    },
  },
  /** The businesses' own keys and addresses for generators. */
  generatorKeys: {
    columns: {
      businessId: idOf("businesses"),
      /** A name of RONDO_GENERATORS. */
      generator: text,
      /** The key and the address, as sealed JSON. */
      sealed: text,
      changedAt: timestamp,
    },
  },
  /** The former slugs of renamed businesses. Links with a former slug still lead to the business. */
  formerSlugs: {
    columns: { slug: text, businessId: idOf("businesses"), since: timestamp },
  },
  /** Businesses whose erasure has begun. They can't be restored from an archive. */
  erasures: {
    columns: {
      businessId: id,
      /** The `originId` of the erased business. If the business had no `originId`, this is its `businessId`. */
      originId: id,
      /** The numbers of rows, streams and objects before the erasure, as JSON. */
      counts: json,
      requestedAt: timestamp,
      completedAt: nullable(timestamp),
      /** The signed receipt (JWS, compact form). */
      receipt: nullable(text),
    },
  },
  /** Erased users, who can't be restored from an archive. Only a hash of the id is stored. */
  erasedUsers: { columns: { originId: id, userHash: text, erasedAt: timestamp } },
  /**
   * The time at which a sweep has to check a business for work of one kind. If there is no row, no
   * sweep checks the business for this kind.
   */
  dueWork: {
    columns: {
      businessId: idOf("businesses"),
      kind: textOf<DueKind>(),
      dueAt: timestamp,
      /**
       * The id of the latest mark. The business gets a mark with a new id before each transaction that creates work of
       * this kind.
       */
      mark: text,
      /** The time of the first successful check after the latest mark; null: there was no such check yet. */
      seenAt: nullable(timestamp),
    },
  },
  /** The current faults of single businesses. A row is removed when the failed work succeeds. */
  businessFaults: {
    columns: {
      businessId: idOf("businesses"),
      kind: textOf<BusinessFaultKind>(),
      code: text,
      message: text,
      count: integer,
      since: timestamp,
      lastAt: timestamp,
    },
  },
  /** Businesses that are moving to another database, or that moved and can still return. */
  businessMoves: {
    columns: {
      businessId: idOf("businesses"),
      step: textOf<MoveStep>(),
      /** The engine of the other database: the one that the business does not use now. */
      engine: textOf<BusinessEngine>(),
      /** The other database's address with the credentials, as sealed JSON; null until both are known. */
      credentials: nullable(text),
      /** The names of the tables that were copied and compared, as JSON. */
      copied: json,
      /** The command that works on the move. Until `heldUntil`, no other command is allowed to work on the move. */
      holder: text,
      heldUntil: timestamp,
      /** The time at which the step began. */
      changedAt: timestamp,
    },
  },
  /**
   * What is known about the schema of each business's database, and which process migrates the database now. Without a
   * row, nothing is known.
   */
  businessSchemas: {
    columns: {
      businessId: idOf("businesses"),
      /** A hash of the names of all migrations; null: not known. */
      version: nullable(text),
      /** The name of the newest migration. */
      newest: nullable(text),
      migratedAt: nullable(timestamp),
      /** The process that migrates the database; null: none. No other process is allowed to do so until `heldUntil`. */
      holder: nullable(text),
      heldUntil: nullable(timestamp),
    },
  },
  /** The hosts at which the page of a business is served. */
  businessHosts: { columns: { host: text, businessId: idOf("businesses") } },
  /** Temporary copies of businesses' databases. */
  previews: {
    columns: {
      id,
      businessId: idOf("businesses"),
      /** making: the copy possibly does not exist yet. ending: the copy is being removed and must not be used. */
      state: textOf<"making" | "ready" | "ending">(),
      engine: textOf<BusinessEngine>(),
      /** The address of the copy with its own credentials, as sealed JSON; null until the copy is ready. */
      credentials: nullable(text),
      createdAt: timestamp,
      expiresAt: timestamp,
    },
  },
  settings: { columns: { name: text, value: text } },
  audit: { columns: { id, at: timestamp, actor: text, action: text, subject: text } },
} as const satisfies Record<string, Pick<TableDeclaration, "columns">>;

/** The tables as Kysely types. Instants are RFC 3339 strings. */
export type ControlTables = TablesOf<typeof controlSchema>;
