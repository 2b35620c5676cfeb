// Moves a project, a track or a version with its content to the trash, and stops the generations of this content.
import { v7 as uuidv7 } from "uuid";
import type { UserCaller } from "../../accounts/caller.ts";
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { PromisingTransaction } from "../../businesses/outbox/promising.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { type ClosingDeps, closeStreamsSoon, promiseClosing } from "../../generations/close-streams-soon.ts";
import { activeStates } from "../../generations/generation-states.ts";
import type { Transaction } from "kysely";
import { getThing, type Thing, type ThingRef, tracksOf, versionsOf } from "./thing.ts";

export interface DeleteThingDeps extends ClosingDeps {
  readonly databases: OpenDatabases;
  /** The number of days for which a thing stays in the trash. */
  readonly trashDays: number;
}

export type Deletion = Pick<
  BusinessTables["deletions"],
  "id" | "kind" | "subjectId" | "title" | "trackCount" | "versionCount" | "deletedAt" | "purgeAfter"
>;

const dayMs = 86_400_000;

/**
 * Moves a thing to the trash. If the thing is already in the trash, returns the existing deletion.
 * This can be the deletion of the project or track that contains the thing. If the thing is missing
 * or belongs to another user, throws NOT_FOUND.
 */
export function deleteThing(deps: DeleteThingDeps, caller: UserCaller, ref: ThingRef): Promise<Deletion> {
  const { businessId, userId } = caller;
  return deps.databases.use(businessId, async (database) => {
    const { deletion, stopped } = await database.promising(["generations", "trash"], async (trx) => {
      const thing = await getThing(trx, userId, ref);
      if (thing.deletionId !== null) {
        return { deletion: await readDeletion(trx, thing.deletionId), stopped: [] };
      }
      const deletion = await takeAway(trx, userId, thing, deps.trashDays);
      return { deletion, stopped: await stopMaking(trx, businessId, deletion.id) };
    });
    if (stopped.length > 0) await closeStreamsSoon(deps, database, businessId, stopped);
    return deletion;
  });
}

const readDeletion = (trx: Transaction<BusinessTables>, id: string): Promise<Deletion> =>
  trx.selectFrom("deletions").selectAll().where("id", "=", id).executeTakeFirstOrThrow().then(shown);

const shown = ({ userId: _, ...deletion }: BusinessTables["deletions"]): Deletion => deletion;

async function takeAway(
  trx: Transaction<BusinessTables>,
  userId: string,
  thing: Thing,
  trashDays: number,
): Promise<Deletion> {
  const nowMs = Date.now();
  const deletedAt = new Date(nowMs).toISOString();
  const taken = { deletedAt, deletionId: uuidv7() };
  const versions = await trx
    .updateTable("versions")
    .set(taken)
    .where("id", "in", versionsOf(trx, thing))
    .where("deletedAt", "is", null)
    .executeTakeFirst();
  let tracks = trx
    .updateTable("tracks")
    .set(taken)
    .where("id", "in", tracksOf(trx, thing))
    .where("deletedAt", "is", null);
  // If no other version of the track is left, the track is deleted together with the version.
  if (thing.kind === "version") {
    tracks = tracks.where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("versions as v")
            .select("v.id")
            .whereRef("v.trackId", "=", "tracks.id")
            .where("v.deletedAt", "is", null),
        ),
      ),
    );
  }
  const { numUpdatedRows: trackCount } = await tracks.executeTakeFirstOrThrow();
  if (thing.kind === "project") {
    await trx.updateTable("projects").set(taken).where("id", "=", thing.id).execute();
  }
  const row = {
    id: taken.deletionId,
    userId,
    kind: thing.kind,
    subjectId: thing.id,
    title: thing.title,
    trackCount: Number(trackCount),
    versionCount: Number(versions.numUpdatedRows),
    deletedAt,
    purgeAfter: new Date(nowMs + trashDays * dayMs).toISOString(),
  };
  await trx.insertInto("deletions").values(row).execute();
  return shown(row);
}

/** Cancels the generations of the deleted versions. For each generation, schedules a job that closes its streams. */
async function stopMaking(trx: PromisingTransaction, businessId: string, deletionId: string) {
  const stopped = await trx
    .updateTable("generations")
    .set({ state: "cancelled", finishedAt: new Date().toISOString() })
    .where("state", "in", activeStates)
    .where("versionId", "in", trx.selectFrom("versions").select("id").where("deletionId", "=", deletionId))
    .returning(["id", "versionId", "state", "reasonCode", "reason", "generatedMs"])
    .execute();
  for (const { id } of stopped) await promiseClosing(trx, businessId, id);
  return stopped;
}
