// Handles audio.upload, which stores a finished version as an object.
import { uploadJob } from "../../src/jobs/upload-job.ts";
import type { JobHandler, JobQueue } from "../../src/ports/job-queue/job-queue.ts";
import { uploadAudio, type UploadAudioDeps } from "../../src/library/tiers/upload-audio.ts";
import { jobData } from "./job-data.ts";
import { withRetryQueue } from "./with-retry-queue.ts";

interface UploadRoom {
  /**
   * Throws STORAGE_FULL if a disk is nearly full. The audio then stays in the chunk store, and the job is tried again,
   * so nothing is lost. New work is refused if a disk has fewer free bytes than a limit. An upload is refused only if a
   * disk has fewer free bytes than this limit times `1 - share`. `share` is between 0 and 1.
   */
  refuseWhenLow(options: { readonly share: number }): void;
}

export const uploadAudioJob = (
  deps: UploadAudioDeps & { readonly jobs: JobQueue; readonly room: UploadRoom },
): JobHandler =>
  withRetryQueue(deps.jobs, "upload-retry", async (job, { signal }) => {
    deps.room.refuseWhenLow({ share: 0.5 });
    await uploadAudio(deps, jobData(job, uploadJob.schema), signal);
  });
