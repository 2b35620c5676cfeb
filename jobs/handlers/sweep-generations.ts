// Handles the job generations.sweep, which repairs the effects of a crash, or of a queue that lost
// its jobs. The sweep adds missing jobs to the queue, and ends generations whose job failed permanently.
import { sweepGenerations, type SweepGenerationsDeps } from "../../src/generations/sweep-generations.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";

export const sweepGenerationsJob =
  (deps: SweepGenerationsDeps): JobHandler =>
  async (_job, { signal }) => {
    await sweepGenerations(deps, signal);
  };
