// What runs by the clock, once for the whole fleet.
import type { JobQueue } from "../src/ports/job-queue/job-queue.ts";
import type { JobName } from "./handlers.ts";

const sweepEveryMs = 30_000;

export async function scheduleJobs(jobs: JobQueue): Promise<void> {
  const name: JobName = "generations.sweep";
  await jobs.schedule("generations.sweep", "maintenance", sweepEveryMs, { name, businessId: "", data: {} });
}
