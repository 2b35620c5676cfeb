// Handles the job generations.sweep. It repairs the effects of a crash: it adds lost jobs to the queue again, and ends
// generations whose job failed.
import { sweepGenerations, type SweepGenerationsDeps } from "../../src/generations/sweep-generations.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";

export const sweepGenerationsJob =
  (deps: SweepGenerationsDeps): JobHandler =>
  async (_job, { signal }) => {
    await sweepGenerations(deps, signal);
  };
