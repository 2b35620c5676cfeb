// generation.close: closes the streams of a generation that was stopped.
import { z } from "zod";
import type { OpenDatabases } from "../../src/businesses/open-databases.ts";
import { endGeneration } from "../../src/generations/finish-generation.ts";
import type { Log } from "../../src/process/log.ts";
import type { ChunkStore } from "../../src/ports/chunk-store/chunk-store.ts";
import type { JobHandler } from "../../src/ports/job-queue/job-queue.ts";
import { jobData } from "./job-data.ts";
import { waitingWhileAway } from "./while-away.ts";

const dataSchema = z.object({ businessId: z.string(), requestId: z.string() });

export const closeGenerationJob = (deps: {
  readonly databases: OpenDatabases;
  readonly streams: Pick<ChunkStore, "append" | "head" | "read">;
  readonly log: Pick<Log, "warn">;
}): JobHandler =>
  waitingWhileAway(deps.log, async (job) => {
    const { businessId, requestId } = jobData(job, dataSchema);
    await deps.databases.use(businessId, (database) =>
      endGeneration(deps, database, businessId, requestId, { state: "cancelled" }),
    );
  });
