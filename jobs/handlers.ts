// Job name → handler. A name without a handler doesn't compile.
import type { JobHandler } from "../src/ports/job-queue/job-queue.ts";
import type { WorkerDeps } from "../src/deps.ts";
import { closeGenerationJob } from "./handlers/close-generation.ts";
import { finishPurgeJob } from "./handlers/finish-purge.ts";
import { purgeTrashJob } from "./handlers/purge-trash.ts";
import { runGenerationJob } from "./handlers/run-generation.ts";
import { sweepGenerationsJob } from "./handlers/sweep-generations.ts";

export const jobNames = [
  "generation.close",
  "generation.run",
  "generations.sweep",
  "purge.finish",
  "trash.purge",
] as const;
export type JobName = (typeof jobNames)[number];

export const createHandlers = (deps: WorkerDeps): Readonly<Record<JobName, JobHandler>> => ({
  "generation.close": closeGenerationJob(deps),
  "generation.run": runGenerationJob(deps),
  "generations.sweep": sweepGenerationsJob(deps),
  "purge.finish": finishPurgeJob(deps),
  "trash.purge": purgeTrashJob(deps),
});

export const isJobName = (name: string): name is JobName => (jobNames as readonly string[]).includes(name);
