// Job name → handler. A name without a handler doesn't compile.
import type { JobHandler } from "../src/ports/job-queue/job-queue.ts";
import type { WorkerDeps } from "../src/deps/worker-deps.ts";
import { closeGenerationJob } from "./handlers/close-generation.ts";
import { downloadAudioJob } from "./handlers/download-audio.ts";
import { finishPurgeJob } from "./handlers/finish-purge.ts";
import { purgeTrashJob } from "./handlers/purge-trash.ts";
import { runGenerationJob } from "./handlers/run-generation.ts";
import { sweepBusinessesJob } from "./handlers/sweep-businesses.ts";
import { sweepGenerationsJob } from "./handlers/sweep-generations.ts";
import { sweepOrphansJob } from "./handlers/sweep-orphans.ts";
import { sweepTiersJob } from "./handlers/sweep-tiers.ts";
import { uploadAudioJob } from "./handlers/upload-audio.ts";

export const jobNames = [
  "audio.download",
  "audio.upload",
  "businesses.sweep",
  "generation.close",
  "generation.run",
  "generations.sweep",
  "orphans.sweep",
  "purge.finish",
  "tiers.sweep",
  "trash.purge",
] as const;
export type JobName = (typeof jobNames)[number];

export const createHandlers = (deps: WorkerDeps): Readonly<Record<JobName, JobHandler>> => ({
  "audio.download": downloadAudioJob(deps),
  "audio.upload": uploadAudioJob(deps),
  "businesses.sweep": sweepBusinessesJob(deps),
  "generation.close": closeGenerationJob(deps),
  "generation.run": runGenerationJob(deps),
  "generations.sweep": sweepGenerationsJob(deps),
  "orphans.sweep": sweepOrphansJob(deps),
  "purge.finish": finishPurgeJob(deps),
  "tiers.sweep": sweepTiersJob(deps),
  "trash.purge": purgeTrashJob(deps),
});

export const isJobName = (name: string): name is JobName => (jobNames as readonly string[]).includes(name);
