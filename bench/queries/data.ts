// Makes the rows that every server of the query benchmark reads: 100,000 tracks of 100 users.
import type { BusinessTables } from "../../src/businesses/tables/schema.ts";
import type { Database } from "../../src/ports/database/database.ts";

export const tracksTotal = 100_000;
const users = 100;
export const userIdOf = (at: number) => `0193a000-0000-7000-8000-${at.toString(16).padStart(12, "0")}`;
/** The user whose rows are queried. */
export const askingUser = userIdOf(42);

const idOf = (kind: number, at: number) =>
  `0193a000-000${kind}-7000-8000-${at.toString(16).padStart(12, "0")}`;

export async function fillTracks(database: Database<BusinessTables>): Promise<void> {
  const instant = (at: number) => new Date(Date.UTC(2026, 0, 1) + at * 1_000).toISOString();
  await database.transaction(async (trx) => {
    for (let user = 0; user < users; user += 1) {
      const userId = userIdOf(user);
      await trx
        .insertInto("users")
        .values({ id: userId, kind: "member", createdAt: instant(0) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const project = {
        id: idOf(1, user),
        userId,
        name: "Songs",
        createdAt: instant(0),
        updatedAt: instant(0),
        deletedAt: null,
      };
      await trx.insertInto("projects").values(project).execute();
    }
    for (let from = 0; from < tracksTotal; from += 1_000) {
      const rows = Array.from({ length: 1_000 }, (_, index) => {
        const at = from + index;
        const user = at % users;
        return {
          id: idOf(2, at),
          userId: userIdOf(user),
          projectId: idOf(1, user),
          title: `Track number ${at}`,
          createdAt: instant(at),
          updatedAt: instant(at),
          deletedAt: null,
        };
      });
      await trx.insertInto("tracks").values(rows).execute();
    }
  });
}

/**
 * The hand-written SQL that returns the same rows as the named query `tracks.newest`
 * (bench/queries/specs/tracks.newest.json).
 */
export const handWritten = {
  sqlite: `select "id", "title", "projectId", "createdAt", "updatedAt" from "tracks" where "userId" = ? order by "createdAt" desc, "id" desc limit ?`,
  postgres: `select "id", "title", "projectId", "createdAt", "updatedAt" from "tracks" where "userId" = $1 order by "createdAt" desc, "id" desc limit $2`,
};
