// Maps the name of each job to the handler of the job. If a name in `JobName` has no handler, or if a handler has a
// name that is not in `JobName`, the type check fails.
import type { JobHandler } from "../src/ports/job-queue/job-queue.ts";
import { closingJob } from "../src/jobs/closing-job.ts";
import { downloadJob } from "../src/jobs/download-job.ts";
import { generationJob } from "../src/jobs/generation-job.ts";
import { mailJob } from "../src/jobs/mail-job.ts";
import { purgeJob } from "../src/jobs/purge-job.ts";
import { uploadJob } from "../src/jobs/upload-job.ts";
import { webhookJob } from "../src/jobs/webhook-job.ts";
import type { WorkerDeps } from "../src/deps/worker-deps.ts";
import { closeGenerationJob } from "./handlers/close-generation.ts";
import { deliverWebhookJob } from "./handlers/deliver-webhook.ts";
import { downloadAudioJob } from "./handlers/download-audio.ts";
import { finishPurgeJob } from "./handlers/finish-purge.ts";
import { purgeTrashJob } from "./handlers/purge-trash.ts";
import { runGenerationJob } from "./handlers/run-generation.ts";
import { sendMailJob } from "./handlers/send-mail.ts";
import { sweepAccountsJob } from "./handlers/sweep-accounts.ts";
import { sweepBusinessesJob } from "./handlers/sweep-businesses.ts";
import { sweepGenerationsJob } from "./handlers/sweep-generations.ts";
import { sweepMovesJob } from "./handlers/sweep-moves.ts";
import { sweepOrphansJob } from "./handlers/sweep-orphans.ts";
import { sweepTiersJob } from "./handlers/sweep-tiers.ts";
import { uploadAudioJob } from "./handlers/upload-audio.ts";
import type { ScheduledJobName } from "./schedules.ts";

/**
 * The definitions of the jobs that are added with data. Add each new definition here. Scheduled
 * jobs have no data.
 */
const definitions = [
  closingJob,
  downloadJob,
  generationJob,
  mailJob,
  purgeJob,
  uploadJob,
  webhookJob,
] as const;

export type JobName = (typeof definitions)[number]["name"] | ScheduledJobName;

export const createHandlers = (deps: WorkerDeps): Readonly<Record<JobName, JobHandler>> => ({
  [downloadJob.name]: downloadAudioJob(deps),
  [uploadJob.name]: uploadAudioJob(deps),
  "accounts.sweep": sweepAccountsJob(deps),
  "businesses.sweep": sweepBusinessesJob(deps),
  [closingJob.name]: closeGenerationJob(deps),
  [generationJob.name]: runGenerationJob(deps),
  "generations.sweep": sweepGenerationsJob(deps),
  [mailJob.name]: sendMailJob(deps),
  "moves.sweep": sweepMovesJob(deps),
  "orphans.sweep": sweepOrphansJob(deps),
  [purgeJob.name]: finishPurgeJob(deps),
  "tiers.sweep": sweepTiersJob(deps),
  "trash.purge": purgeTrashJob(deps),
  [webhookJob.name]: deliverWebhookJob(deps),
});
