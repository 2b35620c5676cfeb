// Handles a version whose audio in the object store is missing or altered. If all chunks of the version still exist,
// the audio is uploaded again from these chunks. Otherwise the version is marked as damaged.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { flushOutbox } from "../../businesses/outbox/outbox.ts";
import type { ChunkStore } from "../../ports/chunk-store/chunk-store.ts";
import type { JobQueue } from "../../ports/job-queue/job-queue.ts";
import { audioKey } from "../../streams/stream-keys.ts";
import type { AudioJobData } from "../../jobs/audio-job-data.ts";
import { promiseUpload } from "../../jobs/upload-job.ts";

export interface ReportDamageDeps {
  readonly databases: OpenDatabases;
  readonly jobs: JobQueue;
  readonly chunkStore: Pick<ChunkStore, "head">;
}

/**
 * Does nothing if the version is missing or is not marked as stored. So repeated and concurrent
 * calls do no harm.
 */
export async function reportDamage(deps: ReportDamageDeps, audio: AudioJobData): Promise<void> {
  const { businessId, versionId } = audio;
  const chunks = await deps.chunkStore.head(audioKey(businessId, versionId));
  const hasChunks = chunks?.closed === true;
  await deps.databases.use(businessId, async (database) => {
    await database.promising(["generations", "tiers"], async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable("versions")
        .set({ storage: hasChunks ? "chunks" : "damaged", chunksExpireAt: null })
        .where("id", "=", versionId)
        .where("storage", "=", "stored")
        .executeTakeFirstOrThrow();
      if (hasChunks && numUpdatedRows > 0n) await promiseUpload(trx, audio, `damaged-${Date.now()}`);
    });
    await flushOutbox(database, deps.jobs);
  });
}
