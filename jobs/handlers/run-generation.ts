// generation.run: makes the music of one request.
import { z } from "zod";
import { runGeneration, type RunGenerationDeps } from "../../src/generations/run-generation.ts";
import type { Log } from "../../src/process/log.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";
import { jobData } from "./job-data.ts";
import { waitingWhileAway, type WhileAwayOptions } from "./while-away.ts";

const dataSchema = z.object({
  businessId: z.string(),
  requestId: z.string(),
  versionId: z.string().optional(),
  owner: z.string().optional(),
});

export const runGenerationJob = (
  deps: RunGenerationDeps & { readonly log: Pick<Log, "warn"> },
  whileAway: WhileAwayOptions = {},
): JobHandler =>
  waitingWhileAway(
    deps.log,
    async (job, { signal, isWanted }) => {
      const lastAttempt = job.attemptsMade + 1 >= job.attempts;
      await runGeneration(deps, { ...jobData(job, dataSchema), lastAttempt, isWanted }, signal);
    },
    whileAway,
  );
