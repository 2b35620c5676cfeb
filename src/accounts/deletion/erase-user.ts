// Erases a user: purges the content, frees the e-mail for a new account, and makes all credentials invalid. An
// erasure can't be undone.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { noteErasedUser } from "../../businesses/lifecycle/erased-users.ts";
import type { ControlTables } from "../../businesses/tables/control-schema.ts";
import type { Database } from "../../ports/database/database.ts";
import { deleteThing, type DeleteThingDeps } from "../../library/trash/delete-thing.ts";
import { purgeNow, type PurgeNowDeps } from "../../library/trash/purge-now.ts";
import type { Receipt } from "../../library/trash/receipt.ts";
import { deletedId, moveCounts } from "../../usage/usage-counts.ts";
import type { UserCaller } from "../caller.ts";
import type { Sessions } from "../sessions/sessions.ts";

export interface EraseUserDeps extends DeleteThingDeps, PurgeNowDeps {
  readonly control: Pick<Database<ControlTables>, "kysely">;
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly sessions: Sessions;
  /** Is called after the deletion, and clears the cache of sounds in this process. */
  forgetSounds(): void;
}

/** The result of an erasure. */
export interface DeletedAccount {
  readonly userId: string;
  readonly deletedAt: string;
  /** The ids of the receipts of the purge. There is one receipt for each project. */
  readonly receiptIds: readonly string[];
  readonly projectCount: number;
  readonly trackCount: number;
  readonly versionCount: number;
  readonly generationCount: number;
}

/**
 * Erases a user of any kind, with all content. The calling code has to check the permission first. If a part of the
 * erasure fails, the user still exists, but projects that were purged before the failure stay purged. A repeated call
 * erases the rest, and its result counts only what that call purged.
 */
export async function eraseUser(deps: EraseUserDeps, caller: UserCaller): Promise<DeletedAccount> {
  const receipts: Receipt[] = [];
  for (;;) {
    // The purge is repeated, because the user can create a project on another device at the same time.
    receipts.push(...(await purgeProjects(deps, caller)));
    // The erasure is recorded before the user is deleted, so that no archive can restore the user.
    await noteErasedUser(deps.control, caller.businessId, caller.userId);
    if (await endUser(deps, caller)) break;
  }
  deps.forgetSounds();
  const sum = (count: (receipt: Receipt) => number) => receipts.reduce((all, one) => all + count(one), 0);
  return {
    userId: caller.userId,
    deletedAt: new Date().toISOString(),
    receiptIds: receipts.map(({ id }) => id),
    projectCount: sum(({ projectCount }) => projectCount),
    trackCount: sum(({ trackCount }) => trackCount),
    versionCount: sum(({ versionCount }) => versionCount),
    generationCount: sum(({ generationCount }) => generationCount),
  };
}

async function purgeProjects(deps: EraseUserDeps, caller: UserCaller): Promise<readonly Receipt[]> {
  const projects = await deps.databases.use(caller.businessId, ({ kysely }) =>
    kysely.selectFrom("projects").select("id").where("userId", "=", caller.userId).execute(),
  );
  const receipts: Receipt[] = [];
  for (const { id } of projects) {
    const project = { kind: "project", id } as const;
    await deleteThing(deps, caller, project);
    receipts.push(await purgeNow(deps, caller, project));
  }
  return receipts;
}

/**
 * The id that replaces the id of a deleted user in receipts. No user can have this id, because the ids of users can't
 * contain parentheses.
 */
const nobodyId = "(deleted)";

/**
 * Deletes the user's row. Without this row, even a process with a cached session of the user can store nothing for the
 * user. The receipts stay, without the user's id. If a project was created after the purge, changes nothing and returns
 * false.
 */
async function endUser(deps: EraseUserDeps, { businessId, userId }: UserCaller): Promise<boolean> {
  const endedIds = await deps.databases
    .use(businessId, (database) =>
      database.transaction(async (trx) => {
        await trx
          .insertInto("users")
          .values({ id: nobodyId, kind: "deleted", createdAt: new Date().toISOString() })
          .onConflict((conflict) => conflict.column("id").doNothing())
          .execute();
        await trx
          .updateTable("receipts")
          .set({ title: "", userId: nobodyId })
          .where("userId", "=", userId)
          .execute();
        const rows = await trx.deleteFrom("sessions").where("userId", "=", userId).returning("id").execute();
        const left = await trx
          .selectFrom("projects")
          .select("id")
          .where("userId", "=", userId)
          .limit(1)
          .executeTakeFirst();
        if (left !== undefined) throw madeMeanwhile;
        await moveCounts(trx, userId, deletedId);
        // Foreign keys with "on delete cascade" also delete the user's login, and all rows of the user that were stored
        // after the query for projects above.
        await trx.deleteFrom("users").where("id", "=", userId).execute();
        return rows.map(({ id }) => id);
      }),
    )
    .catch((err: unknown) => {
      if (err === madeMeanwhile) return undefined;
      throw err;
    });
  if (endedIds === undefined) return false;
  deps.sessions.forget(businessId, { ids: endedIds, userId });
  return true;
}

/** Thrown to roll back the transaction. */
const madeMeanwhile = new Error("something was made meanwhile");
