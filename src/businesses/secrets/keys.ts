// Manages business keys, which authenticate a business's own servers. Only the hash of a key is stored.
import { createHash, randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import { v7 as uuidv7 } from "uuid";
import { notFound } from "../../errors.ts";
import type { Database } from "../../ports/database/database.ts";
import type { ControlTables } from "../tables/control-schema.ts";
import type { KeyScope } from "./key-scopes.ts";
import { createFreshFacts, type Fact } from "../fresh-facts.ts";

export const keyPrefix = "rk_";

interface KeyHolder {
  readonly keyId: string;
  readonly businessId: string;
  /** The scopes of the key. Undefined means that the key is allowed to do everything that a business can do. */
  readonly scopes?: readonly KeyScope[];
}

export interface BusinessKeys {
  /**
   * Creates a key. Without `scopes`, the key is allowed to do everything that a business can do. Only
   * this call returns the key itself: later the key can't be read, because only its hash is stored.
   */
  create(
    businessId: string,
    name: string,
    actor: string,
    scopes?: readonly KeyScope[],
  ): Promise<{ readonly id: string; readonly key: string }>;
  /**
   * Replaces a key by a new key with the same name and scopes. Only this call returns the new key. The old key, and the
   * tokens that were issued with it, remain valid for `overlapSeconds`. A process can accept them for up to five
   * seconds longer. Throws NOT_FOUND for an unknown, revoked or replaced key.
   */
  rotate(
    keyId: string,
    overlapSeconds: number,
    actor: string,
  ): Promise<{ readonly id: string; readonly key: string; readonly oldKeyExpiresAt: string }>;
  /**
   * Revokes a key. This process immediately refuses the key and the tokens that were issued with the key. Other
   * processes refuse them within five seconds. Throws NOT_FOUND for an unknown or revoked key.
   */
  revoke(keyId: string, actor: string): Promise<void>;
  /** Returns all keys without their hashes, also revoked and expired keys, oldest first. */
  list(businessId: string): Promise<readonly Omit<ControlTables["businessKeys"], "hash">[]>;
  /**
   * Returns undefined for an unknown, revoked or expired key. Two changes can take up to five seconds to show in the
   * result: the expiry of a key, and a change by another process. Each process stores the time of a key's last use, at
   * most once a minute.
   */
  find(key: string): Promise<KeyHolder | undefined>;
  /** Returns the same holder as `find`, and the time until which it may be cached. */
  factOf(key: string): Fact<KeyHolder | undefined> | Promise<Fact<KeyHolder | undefined>>;
  /**
   * Returns whether the key with this id was revoked or has expired. Returns false for an unknown id. A revoked
   * or expired key stays stored until its business is erased.
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
      .select(["id", "businessId", "scopes"])
      .where("hash", "=", hash)
      .where("revokedAt", "is", null)
      .where((is) => is.or([is("expiresAt", "is", null), is("expiresAt", ">", new Date().toISOString())]))
      .executeTakeFirst();
    if (!row) return undefined;
    await recordUse(row.id);
    const scopes = row.scopes === null ? {} : { scopes: JSON.parse(row.scopes) as readonly KeyScope[] };
    return { keyId: row.id, businessId: row.businessId, ...scopes };
  });
  const revoked = createFreshFacts(async (keyId) => {
    const row = await control.kysely
      .selectFrom("businessKeys")
      .select(["revokedAt", "expiresAt"])
      .where("id", "=", keyId)
      .executeTakeFirst();
    if (row === undefined) return false;
    return row.revokedAt !== null || (row.expiresAt !== null && Date.parse(row.expiresAt) <= Date.now());
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

  const newKey = (of: Pick<ControlTables["businessKeys"], "businessId" | "name" | "scopes">) => {
    const key = keyPrefix + randomBytes(32).toString("base64url");
    const unused = { lastUsedAt: null, revokedAt: null, expiresAt: null };
    const row = { id: uuidv7(), hash: hashOf(key), createdAt: new Date().toISOString(), ...of, ...unused };
    return { id: row.id, key, row };
  };

  return {
    async create(businessId, name, actor, scopes) {
      const asText = scopes === undefined ? null : JSON.stringify(scopes);
      const { id, key, row } = newKey({ businessId, name, scopes: asText });
      await control.transaction(async (trx) => {
        await trx.insertInto("businessKeys").values(row).execute();
        await trx
          .insertInto("audit")
          .values(audit(actor, "key.create", id))
          .execute();
      });
      byHash.forget(hashOf(key));
      return { id, key };
    },
    async rotate(keyId, overlapSeconds, actor) {
      const oldKeyExpiresAt = new Date(Date.now() + overlapSeconds * 1000).toISOString();
      const { old, id, key } = await control.transaction(async (trx) => {
        const replaced = await trx
          .updateTable("businessKeys")
          .set({ expiresAt: oldKeyExpiresAt })
          .where("id", "=", keyId)
          .where("revokedAt", "is", null)
          .where("expiresAt", "is", null)
          .returningAll()
          .executeTakeFirst();
        if (replaced === undefined) throw notFound("key");
        const { businessId, name, scopes } = replaced;
        const made = newKey({ businessId, name, scopes });
        await trx.insertInto("businessKeys").values(made.row).execute();
        await trx
          .insertInto("audit")
          .values(audit(actor, "key.rotate", keyId))
          .execute();
        return { ...made, old: replaced };
      });
      byHash.forget(old.hash);
      byHash.forget(hashOf(key));
      revoked.forget(keyId);
      return { id, key, oldKeyExpiresAt };
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
        .select(["id", "businessId", "name", "createdAt", "lastUsedAt", "revokedAt", "scopes", "expiresAt"])
        .where("businessId", "=", businessId)
        .orderBy("createdAt")
        .execute(),
    find: async (key) => (await byHash.find(hashOf(key))).value,
    factOf: (key) => byHash.find(hashOf(key)),
    isRevoked: revoked.find,
  };
}
