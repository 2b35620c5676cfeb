// Defines a business as the rest of the code uses it: its identity, its limits, and its signing keys.
import { hkdfSync } from "node:crypto";
import { z } from "zod";
import type { Quotas } from "./limits/quotas.ts";
import type { RateLimits } from "./limits/rate-limits.ts";
import type { ControlTables } from "./tables/control-schema.ts";
import type { Sealing } from "./secrets/sealing.ts";

interface BusinessLimits {
  /** The maximum number of queued and running generations of one user. */
  readonly concurrentGenerationsPerUser: number;
  /**
   * The generators that the business is allowed to use. The first generator is the default. undefined: all generators,
   * in the order of RONDO_GENERATORS.
   */
  readonly generators?: readonly string[];
  /** The rate limits that replace those of the settings. A limit of null means that there is no limit. */
  readonly rates?: Partial<RateLimits>;
  readonly quotas?: Quotas;
  /** The maximum number of queued and running generations of the business; null: no limit. */
  readonly concurrentGenerations?: number | null;
}

const defaultLimits: BusinessLimits = { concurrentGenerationsPerUser: 10 };

interface SigningKeys {
  readonly tokens: Uint8Array;
  readonly links: Uint8Array;
  readonly cursors: Uint8Array;
  /** The seed of the Ed25519 key with which Rondo signs the sounds that it made for this business. */
  readonly sounds: Uint8Array;
  /** The secret of the HMAC with which the IP addresses of guests are hashed before they are stored. */
  readonly addresses: Uint8Array;
  /** The key under which the secrets of webhook endpoints are sealed. */
  readonly webhooks: Uint8Array;
}

export interface Business {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly state: ControlTables["businesses"]["state"];
  readonly engine: ControlTables["businesses"]["engine"];
  readonly limits: BusinessLimits;
  /** Each use has its own key of 32 bytes, so that a signature for one use is not valid for another. */
  readonly signing: SigningKeys;
  readonly createdAt: string;
  /** After this time, a sweep erases the business. null: the business is not being deleted. */
  readonly deleteAfter: string | null;
  /**
   * If the business was restored from an archive, the id of the first business in the chain of archives. For example,
   * B was restored from an archive of A, and C from an archive of B: then A is the origin of both B and C. For a
   * business that was not restored, this is its own `id`.
   */
  readonly originId: string;
}

/** The length and the characters are limited, because the slug is part of URLs, file names and database names. */
export const slugSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/, "2 to 40 of a-z, 0-9 and -, a letter first, no - at the end");

export const secretContext = (businessId: string) => `business/${businessId}/secret`;

export function businessOf(row: ControlTables["businesses"], sealing: Sealing): Business {
  const secret = sealing.open(row.secret, secretContext(row.id));
  const key = (use: string) => new Uint8Array(hkdfSync("sha256", secret, "", `rondo/${use}`, 32));
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    state: row.state,
    engine: row.engine,
    limits: { ...defaultLimits, ...JSON.parse(row.limits) },
    signing: {
      tokens: key("tokens"),
      links: key("links"),
      cursors: key("cursors"),
      sounds: key("sounds"),
      addresses: key("addresses"),
      webhooks: key("webhooks"),
    },
    createdAt: row.createdAt,
    deleteAfter: row.deleteAfter,
    originId: row.originId ?? row.id,
  };
}
