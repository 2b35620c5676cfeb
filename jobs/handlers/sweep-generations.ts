// generations.sweep: what a crash at a bad moment left behind is put right.
import { sweepGenerations, type SweepGenerationsDeps } from "../../src/generations/sweep-generations.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";

export const sweepGenerationsJob =
  (deps: SweepGenerationsDeps): JobHandler =>
  async (_job, { signal }) => {
    await sweepGenerations(deps, signal);
  };
