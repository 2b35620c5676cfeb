// The tables of the control database, as Kysely sees them. Instants are RFC 3339 strings.
import type { BusinessEngine } from "../ports/business-provisioner/business-provisioner.ts";

/** Kinds of due work; each has its own sweep. */
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
    /** Where its database is and how to open it: JSON, sealed. */
    credentials: string;
    /** 32 bytes that its tokens, links and cursors are signed with, sealed. */
    secret: string;
    /** JSON: what this business may use of the shared machine. */
    limits: string;
    createdAt: string;
  };
  /** Their database is being made, or taken away again; they are no businesses yet. */
  begunBusinesses: {
    id: string;
    engine: BusinessEngine;
    /** Only what is "begun" may still become a business. */
    state: "begun" | "dropping";
    begunAt: string;
  };
  businessKeys: {
    id: string;
    businessId: string;
    /** SHA-256 of the key, hex. The key itself is kept nowhere. */
    hash: string;
    name: string;
    createdAt: string;
    lastUsedAt: string | null;
    revokedAt: string | null;
  };
  /** When each sweep has to look at a business. Without a row, it has no work there. */
  dueWork: {
    businessId: string;
    kind: DueKind;
    dueAt: string;
    /** The id of the latest announcement of work: each one gets a new id. */
    mark: string;
    /** When a sweep first looked at the business after that announcement; null: not yet. */
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
