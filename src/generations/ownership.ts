// Checks that a generation belongs to a caller, and finds its version. A found generation is cached
// for only half a minute, because the owner changes when a guest signs in to an account.
import { LRUCache } from "lru-cache";
import type { UserCaller } from "../accounts/caller.ts";
import type { OpenDatabases } from "../businesses/databases/open-databases.ts";
import { notFound } from "../errors.ts";

interface OwnedGeneration {
  readonly businessId: string;
  readonly requestId: string;
  readonly versionId: string;
}

/**
 * Returns the generation if it belongs to the caller. Throws NOT_FOUND for a missing generation and
 * for another user's generation. After the generation was deleted, or after its owner changed, the
 * former owner can still get the generation for up to 30 seconds.
 */
export type FindOwned = (caller: UserCaller, requestId: string) => Promise<OwnedGeneration>;

const rememberedMs = 30_000;

export function createOwnership(databases: OpenDatabases): FindOwned {
  const remembered = new LRUCache<string, OwnedGeneration>({ max: 10_000, ttl: rememberedMs });
  return async (caller, requestId) => {
    const key = `${caller.businessId}/${requestId}/${caller.userId}`;
    const known = remembered.get(key);
    if (known) return known;
    const row = await databases.use(caller.businessId, (database) =>
      database.kysely
        .selectFrom("generations")
        .select("versionId")
        .where("id", "=", requestId)
        .where("userId", "=", caller.userId)
        .executeTakeFirst(),
    );
    if (!row) throw notFound("generation");
    const owned = { businessId: caller.businessId, requestId, versionId: row.versionId };
    remembered.set(key, owned);
    return owned;
  };
}
