// Business keys, which authenticate a business's own servers. Only their hash is stored.
import { createHash, randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import { v7 as uuidv7 } from "uuid";
import { notFound } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import { createFreshFacts, type Fact } from "../fresh-facts.ts";

export const keyPrefix = "rk_";

interface KeyHolder {
  readonly keyId: string;
  readonly businessId: string;
}

export interface BusinessKeys {
  /** `key` is returned only here and can't be read again. */
  create(
    businessId: string,
    name: string,
    actor: string,
  ): Promise<{ readonly id: string; readonly key: string }>;
  /**
   * Revokes a key: in this process at once, in others within five seconds. Throws NOT_FOUND for an
   * unknown or revoked key.
   */
  revoke(keyId: string, actor: string): Promise<void>;
  list(businessId: string): Promise<readonly Omit<ControlTables["businessKeys"], "hash">[]>;
  /** Returns undefined for an unknown or revoked key. Records the last use, to the minute. */
  find(key: string): Promise<KeyHolder | undefined>;
  /** Returns the same holder as `find`, with the time until which it may be cached. */
  factOf(key: string): Fact<KeyHolder | undefined> | Promise<Fact<KeyHolder | undefined>>;
  /**
   * Whether the key with this id was revoked. Keys are deleted only together with their business.
   */
  isRevoked(keyId: string): Fact<boolean> | Promise<Fact<boolean>>;
}

const useRecordedEveryMs = 60_000;

export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

export function createBusinessKeys(control: Database<ControlTables>): BusinessKeys {
  const usedAtMs = new LRUCache<string, number>({ max: 10_000 });
  const byHash = createFreshFacts(async (hash): Promise<KeyHolder | undefined> => {
    const row = await control.kysely
      .selectFrom("businessKeys")
      .select(["id", "businessId"])
      .where("hash", "=", hash)
      .where("revokedAt", "is", null)
      .executeTakeFirst();
    if (!row) return undefined;
    await recordUse(row.id);
    return { keyId: row.id, businessId: row.businessId };
  });
  const revoked = createFreshFacts(async (keyId) => {
    const row = await control.kysely
      .selectFrom("businessKeys")
      .select("revokedAt")
      .where("id", "=", keyId)
      .executeTakeFirst();
    return row !== undefined && row.revokedAt !== null;
  });

  async function recordUse(keyId: string) {
    const now = performance.now();
    if (now - (usedAtMs.get(keyId) ?? Number.NEGATIVE_INFINITY) < useRecordedEveryMs) return;
    usedAtMs.set(keyId, now);
    await control.kysely
      .updateTable("businessKeys")
      .set({ lastUsedAt: new Date().toISOString() })
      .where("id", "=", keyId)
      .execute();
  }

  const audit = (actor: string, action: string, subject: string) => ({
    id: uuidv7(),
    at: new Date().toISOString(),
    actor,
    action,
    subject,
  });

  return {
    async create(businessId, name, actor) {
      const id = uuidv7();
      const key = keyPrefix + randomBytes(32).toString("base64url");
      await control.transaction(async (trx) => {
        await trx
          .insertInto("businessKeys")
          .values({
            id,
            businessId,
            hash: hashOf(key),
            name,
            createdAt: new Date().toISOString(),
            lastUsedAt: null,
            revokedAt: null,
          })
          .execute();
        await trx
          .insertInto("audit")
          .values(audit(actor, "key.create", id))
          .execute();
      });
      byHash.forget(hashOf(key));
      return { id, key };
    },
    async revoke(keyId, actor) {
      const { hash } = await control.transaction(async (trx) => {
        const done = await trx
          .updateTable("businessKeys")
          .set({ revokedAt: new Date().toISOString() })
          .where("id", "=", keyId)
          .where("revokedAt", "is", null)
          .returning("hash")
          .executeTakeFirst();
        if (done === undefined) throw notFound("key");
        await trx
          .insertInto("audit")
          .values(audit(actor, "key.revoke", keyId))
          .execute();
        return done;
      });
      byHash.forget(hash);
      revoked.forget(keyId);
    },
    list: (businessId) =>
      control.kysely
        .selectFrom("businessKeys")
        .select(["id", "businessId", "name", "createdAt", "lastUsedAt", "revokedAt"])
        .where("businessId", "=", businessId)
        .orderBy("createdAt")
        .execute(),
    find: async (key) => (await byHash.find(hashOf(key))).value,
    factOf: (key) => byHash.find(hashOf(key)),
    isRevoked: revoked.find,
  };
}
