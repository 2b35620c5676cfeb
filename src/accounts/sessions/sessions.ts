// Manages web sessions. The cookie contains a random secret, and the database of the business contains only the hash
// of the secret.
import { randomBytes } from "node:crypto";
import type { Transaction } from "kysely";
import { createFreshFacts, type Fact } from "../../businesses/fresh-facts.ts";
import { hashOf } from "../../businesses/secrets/keys.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";

const sessionLifetimeSeconds = 400 * 24 * 3600;

export interface Session {
  /** The value of the cookie: the business's slug, a dot and the secret. */
  readonly cookie: string;
  readonly expiresAt: string;
}

export interface NewSession extends Session {
  readonly id: string;
  /** Returns the row that stores the session. */
  rowOf(userId: string, createdAt: string): BusinessTables["sessions"];
}

/**
 * Creates a session without storing it: the caller has to insert the row from `rowOf`. `device` is
 * the browser and the operating system of the person; null if both are unknown.
 */
export function newSession(slug: string, device: string | null = null): NewSession {
  const secret = randomBytes(32).toString("base64url");
  const expiresAt = new Date(Date.now() + sessionLifetimeSeconds * 1000).toISOString();
  const id = hashOf(secret);
  return {
    id,
    cookie: `${slug}.${secret}`,
    expiresAt,
    rowOf: (userId, createdAt) => ({
      ...{ id, userId, createdAt, expiresAt, device },
      ...{ revokedAt: null, lastUsedAt: null },
    }),
  };
}

/**
 * Returns the business's slug and the session's id from the value of a cookie. The value is not checked. If it has no
 * dot, the slug is empty.
 */
export function sessionOfCookie(cookie: string): { readonly slug: string; readonly id: string } {
  const dot = cookie.indexOf(".");
  return { slug: cookie.slice(0, Math.max(dot, 0)), id: hashOf(cookie.slice(dot + 1)) };
}

/**
 * Ends all sessions of a user, except `exceptId`. Returns the ids of the ended sessions. Pass these ids to
 * `sessions.forget` after the commit.
 */
export async function revokeSessions(
  trx: Transaction<BusinessTables>,
  userId: string,
  revokedAt: string,
  { exceptId }: { readonly exceptId?: string | undefined } = {},
): Promise<readonly string[]> {
  const rows = await trx
    .updateTable("sessions")
    .set({ revokedAt })
    .where("userId", "=", userId)
    .where("revokedAt", "is", null)
    .$if(exceptId !== undefined, (all) => all.where("id", "!=", exceptId!))
    .returning("id")
    .execute();
  return rows.map(({ id }) => id);
}

interface OpenSession {
  readonly userId: string;
  readonly expiresAt: string;
}

export interface Sessions {
  /**
   * Finds a session. The value of the fact is undefined if the session is missing, ended or expired, or if the account
   * of its user is being deleted. An ended session is refused immediately in this process, and within five seconds in
   * other processes.
   */
  find(
    businessId: string,
    id: string,
  ): Fact<OpenSession | undefined> | Promise<Fact<OpenSession | undefined>>;
  /** Finds the kind of a user; undefined if the user doesn't exist or is being deleted. */
  findUserKind(businessId: string, userId: string): Fact<UserKind> | Promise<Fact<UserKind>>;
  /**
   * Removes the cached facts about the sessions in `ids` and about the kind of the user `userId`.
   * Call this method after the commit that ended the sessions or changed the user.
   */
  forget(businessId: string, ended: { readonly ids: readonly string[]; readonly userId?: string }): void;
  /** Stores the time at which the session was used, at most one time per hour for each session. */
  touch(businessId: string, id: string): Promise<void>;
  /** Ends one session. Does nothing if the session has already ended or doesn't exist. */
  end(businessId: string, id: string): Promise<void>;
}

type UserKind = BusinessTables["users"]["kind"] | undefined;

export function createSessions(databases: Pick<OpenDatabases, "use">): Sessions {
  const nameOf = (businessId: string, id: string) => `${businessId} ${id}`;
  const parse = (name: string) =>
    [name.slice(0, name.indexOf(" ")), name.slice(name.indexOf(" ") + 1)] as const;

  const open = createFreshFacts(async (name): Promise<OpenSession | undefined> => {
    const [businessId, id] = parse(name);
    return databases.use(businessId, ({ kysely }) =>
      kysely
        .selectFrom("sessions as s")
        .innerJoin("users as u", "u.id", "s.userId")
        .select(["s.userId", "s.expiresAt"])
        .where("s.id", "=", id)
        .where("s.revokedAt", "is", null)
        .where("s.expiresAt", ">", new Date().toISOString())
        .where("u.deleteAfter", "is", null)
        .executeTakeFirst(),
    );
  });
  const kinds = createFreshFacts(async (name): Promise<UserKind> => {
    const [businessId, userId] = parse(name);
    const row = await databases.use(businessId, ({ kysely }) =>
      kysely
        .selectFrom("users")
        .select("kind")
        .where("id", "=", userId)
        .where("deleteAfter", "is", null)
        .executeTakeFirst(),
    );
    return row?.kind;
  });

  const forget: Sessions["forget"] = (businessId, { ids, userId }) => {
    for (const id of ids) open.forget(nameOf(businessId, id));
    if (userId !== undefined) kinds.forget(nameOf(businessId, userId));
  };
  return {
    find: (businessId, id) => open.find(nameOf(businessId, id)),
    findUserKind: (businessId, userId) => kinds.find(nameOf(businessId, userId)),
    forget,
    async touch(businessId, id) {
      const nowMs = Date.now();
      await databases.use(businessId, ({ kysely }) =>
        kysely
          .updateTable("sessions")
          .set({ lastUsedAt: new Date(nowMs).toISOString() })
          .where("id", "=", id)
          .where((is) =>
            is.or([
              is("lastUsedAt", "is", null),
              is("lastUsedAt", "<", new Date(nowMs - 3_600_000).toISOString()),
            ]),
          )
          .execute(),
      );
    },
    async end(businessId, id) {
      await databases.use(businessId, ({ kysely }) =>
        kysely
          .updateTable("sessions")
          .set({ revokedAt: new Date().toISOString() })
          .where("id", "=", id)
          .where("revokedAt", "is", null)
          .execute(),
      );
      forget(businessId, { ids: [id] });
    },
  };
}
