// Declares the tables of the control database. The migrations make these tables; a test compares the two.
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

/** The kinds of due work; each has its own sweep. */
export type DueKind = "generations" | "tiers" | "trash" | "orphans";

/** The fault of a sweep, or "schema": the tables of the business could not be migrated. */
export type BusinessFaultKind = DueKind | "schema";

/**
 * begun: the other database may not exist yet. copying: it exists, and changes are logged. switched: the
 * business uses the new database, and can go back. returning: it is going back.
 */
export type MoveStep = "begun" | "copying" | "switched" | "returning";

export const controlSchema = {
  businesses: {
    columns: {
      id,
      slug: text,
      name: text,
      /** deleting: the business is erased at `deleteAfter`, and until then the deletion can be undone. erasing: the deletion can no longer be undone. */
      state: textOf<"active" | "suspended" | "deleting" | "erasing">(),
      engine: textOf<BusinessEngine>(),
      /** The address of its database with the credentials: JSON, sealed. */
      credentials: text,
      /** The 32 bytes that sign its tokens, links and cursors, sealed. */
      secret: text,
      /** The business's limits on shared resources, as JSON. */
      limits: json,
      createdAt: timestamp,
      deleteAfter: nullable(timestamp),
      /** The id of the business whose archive it was restored from; null: it was created here. */
      originId: nullable(id),
    },
  },
  /** Businesses whose database is being created or removed; they are not yet usable. */
  begunBusinesses: {
    columns: {
      id,
      engine: textOf<BusinessEngine>(),
      /** Only a row in the state "begun" may still become a business. */
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
      /** A JSON list of scopes; null: the key may do everything that a business may. */
      scopes: nullable(json),
      /** A replaced key is refused after this time; null: it has no end. */
      expiresAt: nullable(timestamp),
    },
  },
  /** The keys and addresses that businesses bring for generators. */
  generatorKeys: {
    columns: {
      businessId: idOf("businesses"),
      /** A name of RONDO_GENERATORS. */
      generator: text,
      /** The key and the address: JSON, sealed. */
      sealed: text,
      changedAt: timestamp,
    },
  },
  /** The slugs that a business had before it was renamed. Links with them still lead to it. */
  formerSlugs: {
    columns: { slug: text, businessId: idOf("businesses"), since: timestamp },
  },
  /** Erased businesses, which no archive may bring back. */
  erasures: {
    columns: {
      businessId: id,
      /** The business that it was first restored from, or its own id. */
      originId: id,
      /** The numbers of removed rows, streams and objects, as JSON. */
      counts: json,
      requestedAt: timestamp,
      completedAt: nullable(timestamp),
      /** The signed receipt (JWS, compact form). */
      receipt: nullable(text),
    },
  },
  /** Erased users, whom no archive may bring back. Only a hash of the id is stored. */
  erasedUsers: { columns: { originId: id, userHash: text, erasedAt: timestamp } },
  /**
   * The time at which each sweep has to check a business. Without a row, the business has no work
   * of that kind.
   */
  dueWork: {
    columns: {
      businessId: idOf("businesses"),
      kind: textOf<DueKind>(),
      dueAt: timestamp,
      /** The id of the latest announcement of work: each one gets a new id. */
      mark: text,
      /** The time at which a sweep first checked the business after that announcement; null: not yet. */
      seenAt: nullable(timestamp),
    },
  },
  /** The current faults of single businesses: a row is removed when the same work succeeds. */
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
  /** Businesses that move to another database, or have moved and can still go back. */
  businessMoves: {
    columns: {
      businessId: idOf("businesses"),
      step: textOf<MoveStep>(),
      /** The engine of the other database: the one that the business does not use. */
      engine: textOf<BusinessEngine>(),
      /** The address of the other database with the credentials: JSON, sealed. */
      credentials: nullable(text),
      /** The names of the tables that were copied and compared, as JSON. */
      copied: json,
      /** The command that works on the move, and the time until which it may work on it. */
      holder: text,
      heldUntil: timestamp,
      /** The time at which the step began. */
      changedAt: timestamp,
    },
  },
  /** The schema that each business's database is known to have, and the process that migrates it. No row: not known yet. */
  businessSchemas: {
    columns: {
      businessId: idOf("businesses"),
      /** A hash of the names of all migrations; null: not known. */
      version: nullable(text),
      /** The name of the newest migration. */
      newest: nullable(text),
      migratedAt: nullable(timestamp),
      /** The process that migrates the database, and the time until which no other process may migrate it; null: none. */
      holder: nullable(text),
      heldUntil: nullable(timestamp),
    },
  },
  /** The hosts at which the page of a business is served. */
  businessHosts: { columns: { host: text, businessId: idOf("businesses") } },
  /** Copies of businesses' databases that end after some time. */
  previews: {
    columns: {
      id,
      businessId: idOf("businesses"),
      /** making: the copy may not exist yet. ending: it is being removed, and nobody may use it. */
      state: textOf<"making" | "ready" | "ending">(),
      engine: textOf<BusinessEngine>(),
      /** The address of the copy with its own credentials: JSON, sealed; null until it is ready. */
      credentials: nullable(text),
      createdAt: timestamp,
      expiresAt: timestamp,
    },
  },
  settings: { columns: { name: text, value: text } },
  audit: { columns: { id, at: timestamp, actor: text, action: text, subject: text } },
} as const satisfies Record<string, Pick<TableDeclaration, "columns">>;

/** The same tables as Kysely sees them. Instants are RFC 3339 strings. */
export type ControlTables = TablesOf<typeof controlSchema>;
