// The tables of the control database, as Kysely sees them. Instants are RFC 3339 strings.
import type { BusinessEngine } from "../ports/business-provisioner/business-provisioner.ts";

/** Work that a sweep of its own looks after. */
export type DueKind = "generations" | "tiers" | "trash" | "orphans";

/** A sweep that failed, or "schema": its tables could not be brought up to date. */
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
  /** Where a sweep has to look, and when. No row: there is nothing to do. */
  dueWork: {
    businessId: string;
    kind: DueKind;
    dueAt: string;
    /** Another one each time that work was announced. */
    mark: string;
    /** When a sweep first looked after that; null: not yet. */
    seenAt: string | null;
  };
  /** What went wrong with one business, and has not gone well since. */
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
