// Maintains the storage tiers: adds the upload jobs that are missing, and deletes expired chunks whose object was
// verified.
import type { BusinessDatabase, OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { sweepDue, type SweepDueDeps } from "../../businesses/due/sweep-due.ts";
import { isAppError } from "../../errors.ts";
import { isFinal } from "../../generations/generation-states.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import type { JobQueue } from "../../ports/job-queue/job-queue.ts";
import type { ObjectStore } from "../../ports/object-store/object-store.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import { unlessGone } from "../../streams/unless-gone.ts";
import { downloadJob } from "../../jobs/download-job.ts";
import { uploadJob } from "../../jobs/upload-job.ts";
import { audioObjectKey } from "./object-keys.ts";

export interface SweepTiersDeps extends SweepDueDeps {
  readonly databases: OpenDatabases;
  readonly jobs: JobQueue;
  readonly streams: Pick<ChunkStore, "delete">;
  readonly chunkStore: Pick<ChunkStore, "head">;
  readonly objects: ObjectStore | undefined;
  readonly chunkRetentionMs: number;
}

export interface TiersSwept {
  readonly uploads: number;
  readonly expired: number;
  /**
   * The number of versions whose object is missing or damaged, but whose chunks still exist. The next sweep adds jobs
   * that upload these versions again.
   */
  readonly reuploaded: number;
}

const versionsAtOnce = 200;
/** The time after which shared chunks, and uploads that have failed permanently, are checked again. */
const askAgainMs = 86_400_000;
/**
 * Audio that is being moved between the tiers is checked again after this time in milliseconds,
 * because the queue can have lost the job that moves the audio.
 */
const onItsWayMs = 120_000;
/**
 * The time limit for one business. The next sweep continues with the chunks and uploads that are
 * left.
 */
const limitMs = 600_000;

export async function sweepTiers(
  deps: SweepTiersDeps,
  signal: AbortSignal,
  nowMs = Date.now(),
): Promise<TiersSwept> {
  const swept = { uploads: 0, expired: 0, reuploaded: 0 };
  const { objects } = deps;
  // The work that is due stays recorded until an object store is configured.
  if (!objects) return swept;
  await sweepDue(
    deps,
    {
      kind: "tiers",
      furthestMs: Math.max(deps.chunkRetentionMs, askAgainMs),
      limitMs,
      sweepOne: (businessId, stop) =>
        deps.databases.use(businessId, async (database) => {
          const at = { database, businessId, nowMs };
          const uploads = await addUploads(deps, at, stop);
          await pullCloser(database, nowMs + deps.chunkRetentionMs);
          const expired = await expireChunks({ ...deps, objects }, at, stop);
          swept.uploads += uploads.added;
          swept.expired += expired.expired;
          swept.reuploaded += expired.reuploaded;
          if (stop.aborted) return nowMs;
          const waits =
            uploads.waiting + expired.reuploaded > 0 ? nowMs + onItsWayMs : Number.POSITIVE_INFINITY;
          const givenUp = uploads.givenUp > 0 ? nowMs + askAgainMs : Number.POSITIVE_INFINITY;
          const nextMs = Math.min(waits, givenUp, await nextExpiryMs(database));
          return nextMs === Number.POSITIVE_INFINITY ? undefined : nextMs;
        }),
    },
    signal,
    nowMs,
  );
  return swept;
}

interface At {
  readonly database: BusinessDatabase;
  readonly businessId: string;
  readonly nowMs: number;
}

/**
 * Sets every expiry that is later than `latestMs` to `latestMs`. `latestMs` is the present time plus the configured
 * retention. An expiry can be later for two reasons: the retention was longer when the chunks were stored, or the clock
 * was ahead then.
 */
async function pullCloser(database: BusinessDatabase, latestMs: number): Promise<void> {
  const latest = new Date(latestMs).toISOString();
  await database.kysely
    .updateTable("versions")
    .set({ chunksExpireAt: latest })
    .where("storage", "=", "stored")
    .where("chunksExpireAt", ">", latest)
    .execute();
}

async function nextExpiryMs(database: BusinessDatabase): Promise<number> {
  const next = await database.kysely
    .selectFrom("versions")
    .select("chunksExpireAt")
    .where("storage", "=", "stored")
    .where("chunksExpireAt", "is not", null)
    .orderBy("chunksExpireAt")
    .limit(1)
    .executeTakeFirst();
  return next?.chunksExpireAt ? Date.parse(next.chunksExpireAt) : Number.POSITIVE_INFINITY;
}

/**
 * Deletes expired chunks, but only after the entire object was read and verified. If the object is missing or damaged,
 * the next sweep adds a job that uploads the version again from its chunks. If the chunks are missing, too, the version
 * is marked as damaged.
 */
async function expireChunks(
  deps: SweepTiersDeps & { readonly objects: ObjectStore },
  { database, businessId, nowMs }: At,
  signal: AbortSignal,
) {
  const counts = { expired: 0, reuploaded: 0 };
  for (;;) {
    const due = await database.kysely
      .selectFrom("versions")
      .select(["id", "objectCrc32c", "chunksExpireAt"])
      .where("storage", "=", "stored")
      .where("chunksExpireAt", "<=", new Date(nowMs).toISOString())
      .orderBy("chunksExpireAt")
      .limit(versionsAtOnce)
      .execute();
    for (const version of due) {
      if (signal.aborted) return counts;
      const chunks = await unlessGone(deps.chunkStore.head(audioKey(businessId, version.id)));
      const looksAgain = (ms: number | null) =>
        database.kysely
          .updateTable("versions")
          .set({ chunksExpireAt: ms === null ? null : new Date(nowMs + ms).toISOString() })
          .where("id", "=", version.id)
          .where("chunksExpireAt", "=", version.chunksExpireAt)
          .execute();
      if (chunks?.closed === false) {
        // The chunks are being restored, perhaps for a listener. The job is added again, in case
        // the queue has lost the job.
        await deps.jobs.add("download-input", [downloadJob.inputOf({ businessId, versionId: version.id })]);
        await looksAgain(onItsWayMs);
      } else if (await isWhole(deps.objects, businessId, version.id, Number(version.objectCrc32c))) {
        const isExpired = await deleteUnshared(deps.streams, businessId, version.id);
        await looksAgain(isExpired ? null : askAgainMs);
        counts.expired += Number(isExpired);
      } else {
        await database.kysely
          .updateTable("versions")
          .set({ storage: chunks === undefined ? "damaged" : "chunks", chunksExpireAt: null })
          .where("id", "=", version.id)
          .execute();
        counts.reuploaded += Number(chunks !== undefined);
      }
    }
    if (due.length < versionsAtOnce) return counts;
  }
}

async function isWhole(
  objects: ObjectStore,
  businessId: string,
  versionId: string,
  crc32c: number,
): Promise<boolean> {
  try {
    const object = await objects.read(audioObjectKey(businessId, versionId));
    if (object?.facts.crc32c !== crc32c) return false;
    for await (const _ of object.checked());
    return true;
  } catch (err) {
    if (isAppError(err, "CONTENT_DAMAGED")) return false;
    throw err;
  }
}

/**
 * Deletes the chunks of a version, if there are any, and returns true. If another version shares the chunks, deletes
 * nothing and returns false, because a deletion would free no space then. Without its chunks, the version `versionId`
 * could also no longer be played from the chunk store.
 */
async function deleteUnshared(
  streams: Pick<ChunkStore, "delete">,
  businessId: string,
  versionId: string,
): Promise<boolean> {
  try {
    await unlessGone(streams.delete(audioKey(businessId, versionId), { unlessForked: true }));
    return true;
  } catch (err) {
    if (isAppError(err, "STREAM_CONFLICT")) return false;
    throw err;
  }
}

/**
 * Adds upload jobs for finished audio that is only in the chunk store, except for audio whose upload has failed
 * permanently.
 */
async function addUploads({ jobs }: SweepTiersDeps, { database, businessId }: At, signal: AbortSignal) {
  const counts = { added: 0, waiting: 0, givenUp: 0 };
  const givenUp = await givenUpUploads(jobs, businessId);
  for (let after = ""; !signal.aborted;) {
    const kept = await database.kysely
      .selectFrom("versions as v")
      .innerJoin("generations as g", "g.versionId", "v.id")
      .select(["v.id", "g.id as requestId", "g.state"])
      .where("v.storage", "=", "chunks")
      .where("v.deletedAt", "is", null)
      .where("v.id", ">", after)
      .orderBy("v.id")
      .limit(versionsAtOnce)
      .execute();
    after = kept.at(-1)?.id ?? "";
    const ended = kept.filter(({ state }) => isFinal(state));
    const due = ended.filter(({ id }) => !givenUp.has(id));
    counts.waiting += kept.length - ended.length + due.length;
    counts.givenUp += ended.length - due.length;
    const added = await jobs.add(
      "upload-input",
      due.map(({ id, requestId }) => uploadJob.inputOf({ businessId, versionId: id, requestId })),
    );
    counts.added += added.filter((job) => job.added).length;
    if (kept.length < versionsAtOnce) break;
  }
  return counts;
}

async function givenUpUploads(jobs: JobQueue, businessId: string): Promise<ReadonlySet<unknown>> {
  const failed = await Promise.all(
    (["upload-input", "upload-retry"] as const).map((queue) =>
      jobs.list({ queue, state: "failed", businessId, limit: 1_000 }),
    ),
  );
  return new Set(failed.flat().map((job) => job.data.versionId));
}
