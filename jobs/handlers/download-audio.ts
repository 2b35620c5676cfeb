// Handles audio.download, which copies the audio of a version from the object store back into the chunk store. If
// the last attempt fails, `downloadAudio` deletes the incomplete stream.
import { downloadAudio, type DownloadAudioDeps } from "../../src/library/tiers/download-audio.ts";
import { downloadJob } from "../../src/jobs/download-job.ts";
import type { JobHandler, JobQueue } from "../../src/ports/job-queue/job-queue.ts";
import { jobData } from "./job-data.ts";
import { withRetryQueue } from "./with-retry-queue.ts";

const retryQueue = "download-retry";

export const downloadAudioJob = (deps: DownloadAudioDeps & { readonly jobs: JobQueue }): JobHandler =>
  withRetryQueue(deps.jobs, retryQueue, (job, { signal }) => {
    const lastAttempt = job.queue === retryQueue && job.attemptsMade + 1 >= job.attempts;
    return downloadAudio(deps, { ...jobData(job, downloadJob.schema), lastAttempt }, signal);
  });
