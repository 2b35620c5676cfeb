// Handles the job `purge.finish`, which deletes purged data from the stores.
import { finishPurge, type FinishPurgeDeps } from "../../src/library/trash/finish-purge.ts";
import { purgeJob } from "../../src/jobs/purge-job.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";
import { jobData } from "./job-data.ts";

export const finishPurgeJob =
  (deps: FinishPurgeDeps): JobHandler =>
  (job, { signal }) =>
    finishPurge(deps, jobData(job, purgeJob.schema), signal);
