// Web sessions: a random secret in a cookie, its hash in the business's own database.
import { randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";
import { hashOf } from "../businesses/keys.ts";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import type { UserCaller } from "./caller.ts";

export const sessionLifetimeSeconds = 400 * 24 * 3600;
const rememberedMs = 5_000;

export interface Session {
  /** What the cookie holds: the business's slug, a dot, the secret. */
  readonly cookie: string;
  readonly expiresAt: string;
}

export const newSession = (slug: string): Session & { readonly id: string } => {
  const secret = randomBytes(32).toString("base64url");
  return {
    id: hashOf(secret),
    cookie: `${slug}.${secret}`,
    expiresAt: new Date(Date.now() + sessionLifetimeSeconds * 1000).toISOString(),
  };
};

export interface SessionVerifierDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
}

/** A revoked session ends everywhere within five seconds. */
export function createSessionVerifier(
  deps: SessionVerifierDeps,
): (cookie: string) => Promise<UserCaller | undefined> {
  const remembered = new LRUCache<string, { readonly caller: UserCaller | undefined }>({
    max: 10_000,
    ttl: rememberedMs,
    fetchMethod: async (cookie) => {
      const dot = cookie.indexOf(".");
      const business = dot > 0 ? await deps.registry.findBySlug(cookie.slice(0, dot)) : undefined;
      if (!business) return { caller: undefined };
      const row = await deps.databases.use(business.id, (database) =>
        database.kysely
          .selectFrom("sessions")
          .select("userId")
          .where("id", "=", hashOf(cookie.slice(dot + 1)))
          .where("revokedAt", "is", null)
          .where("expiresAt", ">", new Date().toISOString())
          .executeTakeFirst(),
      );
      return { caller: row && { kind: "user", businessId: business.id, userId: row.userId } };
    },
  });
  return async (cookie) => (await remembered.fetch(cookie))?.caller;
}
