// Schedules the jobs that run at intervals. Each schedule adds one job per interval, even if several processes set it.
import type { Log } from "../src/process/log.ts";
import type { JobQueue } from "../src/ports/job-queue/job-queue.ts";

/**
 * The intervals in milliseconds. The intervals can be short, because most sweeps first read an index of due work. If no
 * work is due, such a sweep costs about one query.
 */
export const scheduledEveryMs = {
  "accounts.sweep": 60_000,
  "businesses.sweep": 600_000,
  "generations.sweep": 10_000,
  "moves.sweep": 30_000,
  "orphans.sweep": 3_600_000,
  "tiers.sweep": 60_000,
  "trash.purge": 600_000,
} as const;

export type ScheduledJobName = keyof typeof scheduledEveryMs;

/** The interval at which the schedules are set again, because a queue can lose its data. */
const setAgainMs = 10_000;

export interface KeepSchedulesDeps {
  readonly jobs: Pick<JobQueue, "schedule">;
  readonly log: Pick<Log, "warn">;
}

/**
 * Sets the schedules immediately, and then every `setAgainMs`. If the queue already has a schedule
 * with the same interval, the time of the next run doesn't change. If the first attempt fails, this
 * throws the error of the queue. Later failures are only logged.
 * Returns a function that ends the repetition.
 */
export async function keepSchedules({ jobs, log }: KeepSchedulesDeps): Promise<() => void> {
  await setSchedules(jobs);
  const timer = setInterval(() => {
    setSchedules(jobs).catch((err: unknown) =>
      log.warn({ err }, "the schedules could not be set; they will be set again"),
    );
  }, setAgainMs);
  return () => clearInterval(timer);
}

async function setSchedules(jobs: Pick<JobQueue, "schedule">): Promise<void> {
  for (const [name, ms] of Object.entries(scheduledEveryMs)) {
    await jobs.schedule(name, "maintenance", ms, { name, businessId: "", data: {} });
  }
}
