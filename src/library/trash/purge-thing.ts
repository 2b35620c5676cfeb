// Permanently removes a thing (a project, a track or a version) that is in the trash. The rows are deleted at once. A
// list of the thing's streams and objects is stored together with a receipt, and a job deletes these streams and
// objects afterwards.
import type { Transaction } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { BusinessDatabase } from "../../businesses/databases/open-databases.ts";
import { promiseJob } from "../../businesses/outbox/outbox.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import { AppError } from "../../errors.ts";
import { audioKey, eventsKey } from "../../streams/stream-keys.ts";
import { audioObjectKey } from "../tiers/object-keys.ts";
import { purgeJob } from "../../jobs/purge-job.ts";
import { type Receipt, receiptOf } from "./receipt.ts";
import { getThing, type Thing, type ThingRef, versionsOf } from "./thing.ts";

type Trx = Transaction<BusinessTables>;

export interface PurgeThingInput extends ThingRef {
  readonly businessId: string;
  readonly userId: string;
  /**
   * The id of a deletion. The thing is purged only if this deletion moved it to the trash. If the thing was restored and
   * deleted again, its deletion has another id, and the thing is not purged. If this field is absent, any deletion is
   * accepted.
   */
  readonly deletionId?: string;
}

/**
 * Purges the thing. When the promise resolves, nobody can find the thing any more, and its data in
 * the stores will be removed even after a crash. Versions that were made from a purged version keep
 * all of their sound. Throws NOT_FOUND if the thing is missing or belongs to another user. Throws
 * CONFLICT if the thing is not in the trash, or if a deletion other than `deletionId` moved it
 * there.
 */
export function purgeThing(database: BusinessDatabase, input: PurgeThingInput): Promise<Receipt> {
  return database.promising(["generations", "trash", "orphans"], async (trx) => {
    const thing = await getThing(trx, input.userId, input);
    if (thing.deletionId === null || thing.deletionId !== (input.deletionId ?? thing.deletionId)) {
      throw new AppError("CONFLICT", `This ${thing.kind} is not in the trash.`, {
        hint: "Delete it first; then it can be removed from the trash for good.",
      });
    }
    const contents = await contentsOf(trx, thing);
    const receipt = await writeReceipt(trx, input, thing, contents);
    await listForStores(trx, input.businessId, receipt.id, contents);
    await deleteRows(trx, thing, contents);
    await forgetEmptyDeletions(trx, contents.deletionIds);
    await promiseJob(
      trx,
      "maintenance",
      purgeJob.inputOf({ businessId: input.businessId, receiptId: receipt.id }),
    );
    return receiptOf(receipt);
  });
}

interface Contents {
  /**
   * The purged tracks. They include the track of a purged version if that track is in the trash and has no other
   * version.
   */
  readonly trackIds: readonly string[];
  readonly versionIds: readonly string[];
  readonly requestIds: readonly string[];
  /** The deletions that moved any part of the thing to the trash. */
  readonly deletionIds: readonly string[];
}

async function contentsOf(trx: Trx, thing: Thing): Promise<Contents> {
  const versions = await trx
    .selectFrom("versions")
    .select(["id", "trackId", "deletionId"])
    .where("id", "in", versionsOf(trx, thing))
    .execute();
  const tracks = await tracksWith(trx, thing, versions[0]?.trackId);
  const generations = await trx
    .selectFrom("generations")
    .select("id")
    .where("versionId", "in", versionsOf(trx, thing))
    .execute();
  const acts = [thing.deletionId, ...[...versions, ...tracks].map((row) => row.deletionId)];
  return {
    trackIds: tracks.map((row) => row.id),
    versionIds: versions.map((row) => row.id),
    requestIds: generations.map((row) => row.id),
    deletionIds: [...new Set(acts.filter((id) => id !== null))],
  };
}

async function tracksWith(trx: Trx, thing: Thing, trackId: string | undefined) {
  const tracks = trx.selectFrom("tracks").select(["id", "deletionId"]);
  if (thing.kind === "project") return tracks.where("projectId", "=", thing.id).execute();
  if (thing.kind === "track") return tracks.where("id", "=", thing.id).execute();
  const others = await trx
    .selectFrom("versions")
    .select("id")
    .where("trackId", "=", trackId ?? "")
    .where("id", "!=", thing.id)
    .limit(1)
    .execute();
  if (others.length > 0) return [];
  return tracks
    .where("id", "=", trackId ?? "")
    .where("deletedAt", "is not", null)
    .execute();
}

async function writeReceipt(trx: Trx, { userId }: PurgeThingInput, thing: Thing, contents: Contents) {
  const receipt: BusinessTables["receipts"] = {
    id: uuidv7(),
    userId,
    kind: thing.kind,
    subjectId: thing.id,
    title: thing.title,
    state: "purging",
    projectCount: thing.kind === "project" ? 1 : 0,
    trackCount: contents.trackIds.length,
    versionCount: contents.versionIds.length,
    generationCount: contents.requestIds.length,
    streamCount: 0,
    streamBytes: 0,
    objectCount: 0,
    objectBytes: 0,
    requestedAt: new Date().toISOString(),
    completedAt: null,
  };
  await trx.insertInto("receipts").values(receipt).execute();
  return receipt;
}

const rowsAtOnce = 200;

async function listForStores(trx: Trx, businessId: string, receiptId: string, contents: Contents) {
  const items = [
    ...contents.versionIds.flatMap((id) => [
      { store: "streams" as const, path: audioKey(businessId, id).path },
      { store: "objects" as const, path: audioObjectKey(businessId, id).path },
    ]),
    ...contents.requestIds.map((id) => ({ store: "streams" as const, path: eventsKey(businessId, id).path })),
  ];
  for (let from = 0; from < items.length; from += rowsAtOnce) {
    const rows = items.slice(from, from + rowsAtOnce);
    await trx
      .insertInto("purgeItems")
      .values(rows.map((row) => ({ ...row, id: uuidv7(), receiptId, bytes: null })))
      .execute();
  }
}

/**
 * Deletes the rows. Foreign keys delete the dependent rows: tracks with their project, versions with their track,
 * generations with their version.
 */
async function deleteRows(trx: Trx, thing: Thing, { trackIds }: Contents): Promise<void> {
  if (thing.kind === "project") {
    await followMovedTracks(trx, thing.id);
    await trx.deleteFrom("projects").where("id", "=", thing.id).execute();
  } else if (trackIds.length > 0) {
    await trx.deleteFrom("tracks").where("id", "in", trackIds).execute();
  } else {
    await keepTrackRestorable(trx, thing);
    await trx.deleteFrom("versions").where("id", "=", thing.id).execute();
  }
}

/**
 * Moves generations to the project that now contains their track. A generation refers to the
 * project in which it was requested, but the track can be in another project today. Without this
 * step, the foreign key would delete these generations together with the purged project.
 */
async function followMovedTracks(trx: Trx, projectId: string): Promise<void> {
  await trx
    .updateTable("generations")
    .set((eb) => ({
      projectId: eb
        .selectFrom("tracks")
        .select("tracks.projectId")
        .whereRef("tracks.id", "=", "generations.trackId")
        .$asScalar()
        .$notNull(),
    }))
    .where("projectId", "=", projectId)
    .where("trackId", "not in", trx.selectFrom("tracks").select("id").where("projectId", "=", projectId))
    .execute();
}

/**
 * Call this function before the purge of a version whose track has other versions. If the same deletion has moved this
 * version and its track to the trash, the track is assigned to another deletion: the one of the other version that was
 * deleted last. So the track can still be restored, together with that other version.
 */
async function keepTrackRestorable(trx: Trx, { id, deletionId }: Thing): Promise<void> {
  const track = await trx
    .selectFrom("tracks as t")
    .innerJoin("versions as v", "v.trackId", "t.id")
    .select("t.id")
    .where("v.id", "=", id)
    .where("t.deletionId", "=", deletionId)
    .executeTakeFirst();
  if (!track) return;
  const heir = await trx
    .selectFrom("versions")
    .select("deletionId")
    .where("trackId", "=", track.id)
    .where("id", "!=", id)
    .orderBy("deletedAt", "desc")
    .executeTakeFirstOrThrow();
  await trx.updateTable("tracks").set({ deletionId: heir.deletionId }).where("id", "=", track.id).execute();
}

async function forgetEmptyDeletions(trx: Trx, deletionIds: readonly string[]): Promise<void> {
  for (const deletionId of deletionIds) {
    let remain = 0;
    for (const table of ["projects", "tracks", "versions"] as const) {
      const rows = await trx
        .selectFrom(table)
        .select("id")
        .where("deletionId", "=", deletionId)
        .limit(1)
        .execute();
      remain += rows.length;
    }
    if (remain === 0) await trx.deleteFrom("deletions").where("id", "=", deletionId).execute();
  }
}
