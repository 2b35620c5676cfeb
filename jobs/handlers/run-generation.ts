// generation.run: makes the music of one request.
import { z } from "zod";
import { runGeneration, type RunGenerationDeps } from "../../src/generations/run-generation.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";
import { jobData } from "./job-data.ts";

const dataSchema = z.object({
  businessId: z.string(),
  requestId: z.string(),
  versionId: z.string().optional(),
});

export const runGenerationJob =
  (deps: RunGenerationDeps): JobHandler =>
  async (job, { signal }) => {
    const lastAttempt = job.attemptsMade + 1 >= job.attempts;
    await runGeneration(deps, { ...jobData(job, dataSchema), lastAttempt }, signal);
  };
