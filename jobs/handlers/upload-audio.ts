// audio.upload: stores a finished version as an object.
import type { JobHandler, JobQueue } from "../../src/ports/job-queue/job-queue.ts";
import { uploadAudio, type UploadAudioDeps } from "../../src/library/upload-audio.ts";
import { audioJobSchema } from "./audio-job-schema.ts";
import { jobData } from "./job-data.ts";
import { withRetryQueue } from "./with-retry-queue.ts";

/** The chunks hold the sound meanwhile, so that an object is not what a disk is filled up with. */
interface UploadRoom {
  refuseWhenLow(options: { readonly share: number }): void;
}

export const uploadAudioJob = (
  deps: UploadAudioDeps & { readonly jobs: JobQueue; readonly room: UploadRoom },
): JobHandler =>
  withRetryQueue(deps.jobs, "upload-retry", async (job, { signal }) => {
    deps.room.refuseWhenLow({ share: 0.5 });
    await uploadAudio(deps, jobData(job, audioJobSchema), signal);
  });
