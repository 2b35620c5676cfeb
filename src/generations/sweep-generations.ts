// Puts right what a crash left: promises not handed over, and generations whose work was given up without a word.
import type { OpenDatabases } from "../businesses/open-databases.ts";
import { flushOutbox } from "../businesses/outbox.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import type { ChunkStore } from "../ports/chunk-store/chunk-store.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";
import { endGeneration } from "./finish-generation.ts";

export interface SweepGenerationsDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly jobs: JobQueue;
  readonly streams: Pick<ChunkStore, "append">;
}

const failedJobsAtOnce = 200;

export interface Swept {
  readonly handedOver: number;
  readonly ended: number;
}

export async function sweepGenerations(deps: SweepGenerationsDeps, signal: AbortSignal): Promise<Swept> {
  let handedOver = 0;
  for (const business of await deps.registry.list()) {
    if (signal.aborted) break;
    handedOver += await deps.databases.use(business.id, (database) => flushOutbox(database, deps.jobs));
  }
  return { handedOver, ended: await endGivenUp(deps, signal) };
}

/** A job that failed for good ends its generation, so that no listener waits for what nobody makes. */
async function endGivenUp(deps: SweepGenerationsDeps, signal: AbortSignal): Promise<number> {
  const failed = await deps.jobs.list({ queue: "generation", state: "failed", limit: failedJobsAtOnce });
  let ended = 0;
  for (const job of failed) {
    if (signal.aborted) break;
    const { businessId, requestId } = job.data;
    if (typeof businessId !== "string" || typeof requestId !== "string") continue;
    if (!(await deps.registry.findById(businessId))) continue;
    await deps.databases.use(businessId, (database) =>
      endGeneration(deps, database, businessId, requestId, {
        state: "failed",
        code: "GENERATION_FAILED",
        reason: "It was started several times and never finished.",
      }),
    );
    ended += 1;
  }
  return ended;
}
