// The jobs that carry a version's audio between the tiers.
import { promiseJob } from "../businesses/outbox.ts";
import type { PromisingTransaction } from "../businesses/promising.ts";
import type { JobInput } from "../ports/job-queue/job-queue.ts";

export interface AudioJobData {
  readonly businessId: string;
  readonly versionId: string;
  /** The generation that made it, for whoever looks for its jobs. */
  readonly requestId?: string;
}

const audioJob = (name: string, { businessId, versionId, requestId }: AudioJobData): JobInput => ({
  name,
  businessId,
  data: { businessId, versionId, ...(requestId === undefined ? {} : { requestId }) },
  deduplicationId: versionId,
});

/** Stores a finished version as an object. */
export const uploadJob = (audio: AudioJobData): JobInput => audioJob("audio.upload", audio);

/** Brings a stored version back as chunks. */
export const downloadJob = (audio: AudioJobData): JobInput => audioJob("audio.download", audio);

/** Promises the upload along with the rows that say it is due. `occasion` tells one upload of a version from another. */
export const promiseUpload = (
  trx: PromisingTransaction,
  audio: AudioJobData,
  occasion = "made",
): Promise<void> =>
  promiseJob(trx, "upload-input", { ...uploadJob(audio), id: `upload-${audio.versionId}-${occasion}` });
