// Defines the job that copies the finished audio of a version to the object store.
import { promiseJob } from "../businesses/outbox/outbox.ts";
import type { PromisingTransaction } from "../businesses/outbox/promising.ts";
import { type AudioJobData, audioJobData, audioJobInput } from "./audio-job-data.ts";

export const uploadJob = {
  name: "audio.upload",
  schema: audioJobData,
  inputOf: (audio: AudioJobData) => audioJobInput(uploadJob.name, audio),
} as const;

/**
 * Stores the job in the transaction that makes the upload necessary. If the queue knows a job for the same version and
 * the same `occasion` already, it ignores the new job. So a further upload of a version needs another `occasion`.
 */
export const promiseUpload = (
  trx: PromisingTransaction,
  audio: AudioJobData,
  occasion = "made",
): Promise<void> =>
  promiseJob(trx, "upload-input", {
    ...uploadJob.inputOf(audio),
    id: `upload-${audio.versionId}-${occasion}`,
  });
