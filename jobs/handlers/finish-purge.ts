// purge.finish: clears the stores of what was removed for good.
import { z } from "zod";
import { finishPurge, type FinishPurgeDeps } from "../../src/library/trash/finish-purge.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";
import { jobData } from "./job-data.ts";

const dataSchema = z.object({ businessId: z.string(), receiptId: z.string() });

export const finishPurgeJob =
  (deps: FinishPurgeDeps): JobHandler =>
  (job, { signal }) =>
    finishPurge(deps, jobData(job, dataSchema), signal);
