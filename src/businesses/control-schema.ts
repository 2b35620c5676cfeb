// The tables of the control database, as Kysely sees them. Instants are RFC 3339 strings.
import type { BusinessEngine } from "../ports/business-provisioner/business-provisioner.ts";

/** The kinds of due work; each has its own sweep. */
export type DueKind = "generations" | "tiers" | "trash" | "orphans";

/** The fault of a sweep, or "schema": the tables of the business could not be migrated. */
export type BusinessFaultKind = DueKind | "schema";

export interface ControlTables {
  businesses: {
    id: string;
    slug: string;
    name: string;
    state: "active" | "suspended";
    engine: BusinessEngine;
    /** The address of its database with the credentials: JSON, sealed. */
    credentials: string;
    /** The 32 bytes that sign its tokens, links and cursors, sealed. */
    secret: string;
    /** The business's limits on shared resources, as JSON. */
    limits: string;
    createdAt: string;
  };
  /** Businesses whose database is being created or removed; they are not yet usable. */
  begunBusinesses: {
    id: string;
    engine: BusinessEngine;
    /** Only a "begun" one may still become a business. */
    state: "begun" | "dropping";
    begunAt: string;
  };
  businessKeys: {
    id: string;
    businessId: string;
    /** The SHA-256 of the key in hex. The key itself is not stored. */
    hash: string;
    name: string;
    createdAt: string;
    lastUsedAt: string | null;
    revokedAt: string | null;
  };
  /**
   * The time at which each sweep has to check a business. Without a row, the business has no work
   * of that kind.
   */
  dueWork: {
    businessId: string;
    kind: DueKind;
    dueAt: string;
    /** The id of the latest announcement of work: each one gets a new id. */
    mark: string;
    /** When a sweep first checked the business after that announcement; null: not yet. */
    seenAt: string | null;
  };
  /** The current faults of single businesses: a row is removed when the same work succeeds. */
  businessFaults: {
    businessId: string;
    kind: BusinessFaultKind;
    code: string;
    message: string;
    count: number;
    since: string;
    lastAt: string;
  };
  settings: { name: string; value: string };
  audit: { id: string; at: string; actor: string; action: string; subject: string };
}
