// Ends all sessions of a user: immediately in this process, and within five seconds in other processes.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { notFound } from "../../errors.ts";
import { revokeSessions, type Sessions } from "../sessions/sessions.ts";

export interface EndSessionsDeps {
  readonly databases: OpenDatabases;
  readonly sessions: Sessions;
}

/**
 * Returns the number of ended sessions. Stored sessions that had expired before are counted, too. Throws NOT_FOUND if
 * the user doesn't exist.
 */
export async function endSessions(
  { databases, sessions }: EndSessionsDeps,
  businessId: string,
  userId: string,
): Promise<number> {
  const ids = await databases.use(businessId, (database) =>
    database.transaction(async (trx) => {
      const user = await trx.selectFrom("users").select("id").where("id", "=", userId).executeTakeFirst();
      if (user === undefined) throw notFound("user");
      return revokeSessions(trx, userId, new Date().toISOString());
    }),
  );
  sessions.forget(businessId, { ids, userId });
  return ids.length;
}
