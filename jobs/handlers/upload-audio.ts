// audio.upload: stores a finished version as an object.
import type { JobHandler, JobQueue } from "../../src/ports/job-queue/job-queue.ts";
import { uploadAudio, type UploadAudioDeps } from "../../src/library/upload-audio.ts";
import { audioJobSchema } from "./audio-job-schema.ts";
import { jobData } from "./job-data.ts";
import { withRetryQueue } from "./with-retry-queue.ts";

export const uploadAudioJob = (deps: UploadAudioDeps & { readonly jobs: JobQueue }): JobHandler =>
  withRetryQueue(deps.jobs, "upload-retry", (job, { signal }) =>
    uploadAudio(deps, jobData(job, audioJobSchema), signal),
  );
