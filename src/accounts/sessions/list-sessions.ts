// Lists and ends the sessions of a user. Each session belongs to one browser.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { notFound } from "../../errors.ts";
import type { UserCaller } from "../caller.ts";
import { revokeSessions, type Sessions } from "./sessions.ts";

export interface ListSessionsDeps {
  readonly databases: Pick<OpenDatabases, "use">;
  readonly sessions: Sessions;
}

export interface SessionView {
  readonly id: string;
  /** The browser and operating system; null if they are not known. */
  readonly device: string | null;
  readonly createdAt: string;
  /** The time of the last use; the time of the creation if there was no use. Can be up to an hour too early. */
  readonly lastUsedAt: string;
  /** Whether this is the session of the request. */
  readonly isCurrent: boolean;
}

const sessionsMax = 200;

/**
 * Lists the open sessions, the most recently used session first. `currentId` is the id of the request's session. If the
 * user has more than `sessionsMax` sessions, the result contains the request's session and the newest other sessions.
 */
export async function listSessions(
  { databases }: ListSessionsDeps,
  { businessId, userId }: UserCaller,
  currentId: string | undefined,
): Promise<readonly SessionView[]> {
  const rows = await databases.use(businessId, ({ kysely }) =>
    kysely
      .selectFrom("sessions")
      .select(["id", "device", "createdAt", "lastUsedAt"])
      .where("userId", "=", userId)
      .where("revokedAt", "is", null)
      .where("expiresAt", ">", new Date().toISOString())
      .orderBy((eb) =>
        eb
          .case()
          .when("id", "=", currentId ?? "")
          .then(0)
          .else(1)
          .end(),
      )
      .orderBy("createdAt", "desc")
      .limit(sessionsMax)
      .execute(),
  );
  return rows
    .map(({ lastUsedAt, ...row }) => ({
      ...row,
      lastUsedAt: lastUsedAt ?? row.createdAt,
      isCurrent: row.id === currentId,
    }))
    .sort((one, other) => other.lastUsedAt.localeCompare(one.lastUsedAt));
}

/**
 * Ends one session of the user. Throws NOT_FOUND if the user has no session with this id, or if the session was ended
 * before. Other processes can still accept the ended session for up to five seconds.
 */
export async function endSession(
  { databases, sessions }: ListSessionsDeps,
  { businessId, userId }: UserCaller,
  id: string,
): Promise<void> {
  const { numUpdatedRows } = await databases.use(businessId, ({ kysely }) =>
    kysely
      .updateTable("sessions")
      .set({ revokedAt: new Date().toISOString() })
      .where("id", "=", id)
      .where("userId", "=", userId)
      .where("revokedAt", "is", null)
      .executeTakeFirstOrThrow(),
  );
  if (numUpdatedRows === 0n) throw notFound("session");
  sessions.forget(businessId, { ids: [id] });
}

/** Ends all sessions of the user, except `currentId`. If `currentId` is undefined, all sessions end. */
export async function endOtherSessions(
  { databases, sessions }: ListSessionsDeps,
  { businessId, userId }: UserCaller,
  currentId: string | undefined,
): Promise<void> {
  const ids = await databases.use(businessId, (database) =>
    database.transaction((trx) =>
      revokeSessions(trx, userId, new Date().toISOString(), { exceptId: currentId }),
    ),
  );
  sessions.forget(businessId, { ids });
}
