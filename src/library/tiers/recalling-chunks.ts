// Wraps a chunk store. If a reader needs the audio of a version whose chunks have expired, a job
// copies the audio from the object store back into the chunk store. Concurrent readers of the same
// version in a process add only one job.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { AppError } from "../../errors.ts";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import type { JobQueue } from "../../ports/job-queue/job-queue.ts";
import { versionOfAudio } from "../../streams/stream-keys.ts";
import { downloadJob } from "../../jobs/download-job.ts";

export interface RecallDeps {
  readonly databases: OpenDatabases;
  readonly jobs: Pick<JobQueue, "add">;
}

/**
 * Only `head` differs from `store`. For expired audio, `head` adds the download job, creates the
 * stream again and returns its state. The job then adds the chunks to this stream.
 */
export function createRecallingChunks(store: ChunkStore, deps: RecallDeps): ChunkStore {
  const recalling = new Map<string, Promise<boolean>>();

  const recall = (key: StreamKey): Promise<boolean> => {
    const versionId = versionOfAudio(key);
    if (versionId === undefined) return Promise.resolve(false);
    const name = `${key.businessId}/${versionId}`;
    const known = recalling.get(name);
    if (known !== undefined) return known;
    const started = recallAudio(store, deps, key, versionId).finally(() => recalling.delete(name));
    recalling.set(name, started);
    return started;
  };

  return {
    ...store,
    async head(key) {
      const state = await store.head(key);
      return state === undefined && (await recall(key)) ? store.head(key) : state;
    },
  };
}

/**
 * Returns true when the job is added and the stream is created. Returns false if the version is
 * missing or deleted, or if its audio is not in the object store. Throws CONTENT_DAMAGED if the
 * object is known to be damaged.
 */
async function recallAudio(
  store: ChunkStore,
  { databases, jobs }: RecallDeps,
  key: StreamKey,
  versionId: string,
): Promise<boolean> {
  const { businessId } = key;
  const version = await databases.use(businessId, (database) =>
    database.kysely
      .selectFrom("versions as v")
      .innerJoin("generations as g", "g.versionId", "v.id")
      .select(["v.storage", "g.id as requestId"])
      .where("v.id", "=", versionId)
      .where("v.deletedAt", "is", null)
      .executeTakeFirst(),
  );
  if (version?.storage === "damaged") throw damaged();
  if (version?.storage !== "stored") return false;
  // The job can be lost, and then listeners would wait for ever. So before the job is added, `chunksExpireAt` is
  // set to a time two minutes from now. At the time in `chunksExpireAt`, a sweep checks whether the chunks have arrived.
  // If they have not, the sweep adds the job again.
  await databases.use(businessId, (database) =>
    database.promising(["tiers"], (trx) =>
      trx
        .updateTable("versions")
        .set({ chunksExpireAt: new Date(Date.now() + lookAgainMs).toISOString() })
        .where("id", "=", versionId)
        .where("storage", "=", "stored")
        .where("chunksExpireAt", "is", null)
        .execute(),
    ),
  );
  await jobs.add("download-input", [
    downloadJob.inputOf({ businessId, versionId, requestId: version.requestId }),
  ]);
  await store.create(key, { contentType: "audio/mpeg" });
  return true;
}

/** After this time, the sweep checks whether the chunks have arrived. */
const lookAgainMs = 120_000;

const damaged = () =>
  new AppError("CONTENT_DAMAGED", "The stored sound of this version is damaged.", {
    hint: "Make the music again, or ask the operator of this Rondo to restore it.",
  });
