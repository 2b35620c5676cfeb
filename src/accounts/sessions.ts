// Web sessions: a random secret in a cookie, its hash in the business's own database.
import { randomBytes } from "node:crypto";
import type { Transaction } from "kysely";
import { LRUCache } from "lru-cache";
import { hashOf } from "../businesses/keys.ts";
import type { OpenDatabases } from "../businesses/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import type { BusinessTables } from "../businesses/schema.ts";
import type { UserCaller } from "./caller.ts";

export const sessionLifetimeSeconds = 400 * 24 * 3600;
const rememberedMs = 5_000;

export interface Session {
  /** What the cookie holds: the business's slug, a dot, the secret. */
  readonly cookie: string;
  readonly expiresAt: string;
}

export interface NewSession extends Session {
  /** What is kept of it. */
  rowOf(userId: string, createdAt: string): BusinessTables["sessions"];
}

export function newSession(slug: string): NewSession {
  const secret = randomBytes(32).toString("base64url");
  const expiresAt = new Date(Date.now() + sessionLifetimeSeconds * 1000).toISOString();
  return {
    cookie: `${slug}.${secret}`,
    expiresAt,
    rowOf: (userId, createdAt) => ({ id: hashOf(secret), userId, createdAt, expiresAt, revokedAt: null }),
  };
}

/** Whose database it is in, and under which id. */
export function sessionOfCookie(cookie: string): { readonly slug: string; readonly id: string } {
  const dot = cookie.indexOf(".");
  return { slug: cookie.slice(0, Math.max(dot, 0)), id: hashOf(cookie.slice(dot + 1)) };
}

/** Ends every session of a user. */
export const revokeSessions = (trx: Transaction<BusinessTables>, userId: string, revokedAt: string) =>
  trx
    .updateTable("sessions")
    .set({ revokedAt })
    .where("userId", "=", userId)
    .where("revokedAt", "is", null)
    .execute();

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
      const { slug, id } = sessionOfCookie(cookie);
      const business = slug === "" ? undefined : await deps.registry.findBySlug(slug);
      if (!business) return { caller: undefined };
      const row = await deps.databases.use(business.id, (database) =>
        database.kysely
          .selectFrom("sessions")
          .select("userId")
          .where("id", "=", id)
          .where("revokedAt", "is", null)
          .where("expiresAt", ">", new Date().toISOString())
          .executeTakeFirst(),
      );
      return { caller: row && { kind: "user", businessId: business.id, userId: row.userId } };
    },
  });
  return async (cookie) => (await remembered.fetch(cookie))?.caller;
}
