// generation.run: makes the music of one request.
import { z } from "zod";
import { runGeneration, type RunGenerationDeps } from "../../src/generations/run-generation.ts";
import { type JobHandler, UnrecoverableError } from "../../src/ports/job-queue/job-queue.ts";

const dataSchema = z.object({ businessId: z.string(), requestId: z.string() });

export const runGenerationJob =
  (deps: RunGenerationDeps): JobHandler =>
  async (job, { signal }) => {
    const data = dataSchema.safeParse(job.data);
    if (!data.success) throw new UnrecoverableError(`job ${job.id} has no usable data`);
    const lastAttempt = job.attemptsMade + 1 >= job.attempts;
    await runGeneration(deps, { ...data.data, lastAttempt }, signal);
  };
