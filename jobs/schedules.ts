// What runs by the clock, once for the whole fleet.
import type { JobQueue } from "../src/ports/job-queue/job-queue.ts";
import type { JobName } from "./handlers.ts";

const everyMs = {
  "businesses.sweep": 600_000,
  "generations.sweep": 30_000,
  "orphans.sweep": 6 * 3_600_000,
  "tiers.sweep": 600_000,
  "trash.purge": 3_600_000,
} as const satisfies Partial<Record<JobName, number>>;

export async function scheduleJobs(jobs: JobQueue): Promise<void> {
  for (const [name, ms] of Object.entries(everyMs)) {
    await jobs.schedule(name, "maintenance", ms, { name, businessId: "", data: {} });
  }
}
