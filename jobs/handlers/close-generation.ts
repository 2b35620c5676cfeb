// Handles generation.close, which closes the streams of a generation that was stopped. If the
// generation has not ended yet, its state becomes "cancelled".
import type { OpenDatabases } from "../../src/businesses/databases/open-databases.ts";
import { endGeneration } from "../../src/generations/finish-generation.ts";
import type { Log } from "../../src/process/log.ts";
import type { ChunkStore } from "../../src/ports/chunk-store/chunk-store.ts";
import { closingJob } from "../../src/jobs/closing-job.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";
import { jobData } from "./job-data.ts";
import { waitingWhileAway } from "./while-away.ts";

export const closeGenerationJob = (deps: {
  readonly databases: OpenDatabases;
  readonly streams: Pick<ChunkStore, "append" | "head" | "read">;
  readonly log: Pick<Log, "warn">;
}): JobHandler =>
  waitingWhileAway(deps.log, async (job) => {
    const { businessId, requestId } = jobData(job, closingJob.schema);
    await deps.databases.use(businessId, (database) =>
      endGeneration(deps, database, businessId, requestId, { state: "cancelled" }),
    );
  });
