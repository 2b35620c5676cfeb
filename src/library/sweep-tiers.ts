// Keeps the tiers in order: uploads what was not promised or got lost, and lets chunks expire whose object is proven good.
import type { BusinessDatabase, OpenDatabases } from "../businesses/open-databases.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { isAppError } from "../errors.ts";
import { activeStates } from "../generations/generation-states.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";
import type { ObjectStore } from "../ports/object-store/object-store.ts";
import { audioKey } from "../streams/stream-keys.ts";
import { unlessGone } from "../streams/unless-gone.ts";
import { uploadJob } from "./audio-jobs.ts";
import { audioObjectKey } from "./object-keys.ts";

export interface SweepTiersDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly jobs: JobQueue;
  readonly streams: Pick<ChunkStore, "delete">;
  readonly objects: ObjectStore | undefined;
}

export interface TiersSwept {
  readonly uploads: number;
  readonly expired: number;
  /** Objects that turned out damaged while the chunks were still there: uploaded anew. */
  readonly mended: number;
}

const versionsAtOnce = 200;
/** When chunks that another version shares are looked at again. */
const askAgainMs = 86_400_000;

export async function sweepTiers(
  deps: SweepTiersDeps,
  signal: AbortSignal,
  nowMs = Date.now(),
): Promise<TiersSwept> {
  const swept = { uploads: 0, expired: 0, mended: 0 };
  const { objects } = deps;
  if (!objects) return swept;
  for (const business of await deps.registry.list()) {
    if (signal.aborted) break;
    await deps.databases.use(business.id, async (database) => {
      const expired = await expireChunks({ ...deps, objects }, database, business.id, signal, nowMs);
      swept.expired += expired.expired;
      swept.mended += expired.mended;
      swept.uploads += await addUploads(deps.jobs, database, business.id);
    });
  }
  return swept;
}

/** Chunks go only when the object was just read, whole, and is what was stored. */
async function expireChunks(
  deps: SweepTiersDeps & { readonly objects: ObjectStore },
  database: BusinessDatabase,
  businessId: string,
  signal: AbortSignal,
  nowMs: number,
) {
  const counts = { expired: 0, mended: 0 };
  const due = await database.kysely
    .selectFrom("versions")
    .select(["id", "objectCrc32c", "chunksExpireAt"])
    .where("storage", "=", "stored")
    .where("chunksExpireAt", "<=", new Date(nowMs).toISOString())
    .orderBy("chunksExpireAt")
    .limit(versionsAtOnce)
    .execute();
  for (const version of due) {
    if (signal.aborted) break;
    if (await isWhole(deps.objects, businessId, version.id, Number(version.objectCrc32c))) {
      const isExpired = await deleteUnshared(deps.streams, businessId, version.id);
      const askAgainAt = new Date(nowMs + askAgainMs).toISOString();
      await database.kysely
        .updateTable("versions")
        .set({ chunksExpireAt: isExpired ? null : askAgainAt })
        .where("id", "=", version.id)
        .where("chunksExpireAt", "=", version.chunksExpireAt)
        .execute();
      counts.expired += Number(isExpired);
    } else {
      await database.kysely
        .updateTable("versions")
        .set({ storage: "chunks", chunksExpireAt: null })
        .where("id", "=", version.id)
        .execute();
      counts.mended += 1;
    }
  }
  return counts;
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

/** False where another version shares the chunks: the store would keep them, and nobody could hear this one by them. */
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

/** What has come to an end and lies in the chunk store alone; not again what was given up on. */
async function addUploads(jobs: JobQueue, database: BusinessDatabase, businessId: string): Promise<number> {
  const ended = await database.kysely
    .selectFrom("versions as v")
    .innerJoin("generations as g", "g.versionId", "v.id")
    .select(["v.id", "g.id as requestId"])
    .where("v.storage", "=", "chunks")
    .where("v.deletedAt", "is", null)
    .where("g.state", "not in", activeStates)
    .limit(versionsAtOnce)
    .execute();
  if (ended.length === 0) return 0;
  const failed = (
    await Promise.all(
      (["upload-input", "upload-retry"] as const).map((queue) =>
        jobs.list({ queue, state: "failed", businessId, limit: 1_000 }),
      ),
    )
  ).flat();
  const givenUp = new Set(failed.map((job) => job.data.versionId));
  const due = ended.filter(({ id }) => !givenUp.has(id));
  if (due.length === 0) return 0;
  const added = await jobs.add(
    "upload-input",
    due.map(({ id, requestId }) => uploadJob({ businessId, versionId: id, requestId })),
  );
  return added.filter((job) => job.added).length;
}
