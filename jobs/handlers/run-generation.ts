// Handles generation.run, which makes the music for one request.
import { runGeneration, type RunGenerationDeps } from "../../src/generations/run/run-generation.ts";
import type { Log } from "../../src/process/log.ts";
import { generationJob } from "../../src/jobs/generation-job.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";
import { jobData } from "./job-data.ts";
import { waitingWhileAway, type WhileAwayOptions } from "./while-away.ts";

export const runGenerationJob = (
  deps: RunGenerationDeps & { readonly log: Pick<Log, "warn"> },
  whileAway: WhileAwayOptions = {},
): JobHandler =>
  waitingWhileAway(
    deps.log,
    async (job, { signal, isWanted }) => {
      const lastAttempt = job.attemptsMade + 1 >= job.attempts;
      await runGeneration(deps, { ...jobData(job, generationJob.schema), lastAttempt, isWanted }, signal);
    },
    whileAway,
  );
