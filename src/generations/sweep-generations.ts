// Repairs the effects of a crash, or of a queue that lost its jobs. The sweep of a business adds two kinds of jobs to
// the queue: the jobs in the outbox, and the missing jobs of generations, purges and webhook deliveries. The sweep also
// ends the generations whose job failed permanently.
import type { BusinessDatabase, OpenDatabases } from "../businesses/databases/open-databases.ts";
import { flushOutbox } from "../businesses/outbox/outbox.ts";
import { sweepDue, type SweepDueDeps } from "../businesses/due/sweep-due.ts";
import { purgeJob } from "../jobs/purge-job.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";
import { type ClosingDeps, closeStreamsSoon, promiseClosing } from "./close-streams-soon.ts";
import { promiseEnded } from "./promise-ended.ts";
import { generationJob } from "../jobs/generation-job.ts";
import { removeOldEvents } from "../webhooks/remove-old-events.ts";
import { sweepDeliveries } from "../webhooks/sweep-deliveries.ts";
import { activeStates } from "./generation-states.ts";

export interface SweepGenerationsDeps extends Omit<SweepDueDeps, "log">, Omit<ClosingDeps, "log"> {
  readonly databases: OpenDatabases;
  readonly log: SweepDueDeps["log"] & ClosingDeps["log"];
}

export interface Swept {
  /** The number of jobs in outboxes that were added to the queue. */
  readonly handedOver: number;
  /**
   * The number of jobs that were missing in the queue and were added again. Counts the jobs of generations and purges,
   * not those of webhook deliveries.
   */
  readonly promisedAnew: number;
  /** The number of generations that were ended because their job had failed. */
  readonly ended: number;
}

/** If a business has active generations, it is swept again after this time, in milliseconds. */
const lookAgainMs = 10_000;
const purgeLookAgainMs = 60_000;
/**
 * The time limit for the sweep of one business. The limit is short, because businesses that become due during a call of
 * `sweepGenerations` wait for the next call. A slow business delays the next call.
 */
const limitMs = 15_000;
const rowsAtOnce = 500;

/**
 * Sweeps each due business, and returns the counts for all of them together. If the sweep of one business fails, the
 * other businesses are still swept.
 */
export async function sweepGenerations(
  deps: SweepGenerationsDeps,
  signal: AbortSignal,
  nowMs = Date.now(),
): Promise<Swept> {
  const swept = { handedOver: 0, promisedAnew: 0, ended: 0 };
  await sweepDue(
    deps,
    {
      kind: "generations",
      furthestMs: 600_000,
      limitMs,
      sweepOne: (businessId) =>
        deps.databases.use(businessId, async (database) => {
          const handedOver = await flushOutbox(database, deps.jobs);
          const active = await watchActive(deps, database, businessId);
          const purging = await promisePurges(deps.jobs, database, businessId);
          swept.handedOver += handedOver;
          swept.promisedAnew += active.promisedAnew + purging.promisedAnew;
          swept.ended += active.ended;
          const deliveriesMs = await sweepDeliveries(deps.jobs, database, businessId, nowMs);
          const nextEventMs = await removeOldEvents(database, nowMs);
          if (active.found > 0) return nowMs + lookAgainMs;
          if (purging.found > 0) return nowMs + purgeLookAgainMs;
          // This sweep does not check the business again before something happens in it. So the sweep of the trash, which
          // can check a business weeks later, removes the events that are left.
          if (deliveriesMs === undefined && nextEventMs < Number.POSITIVE_INFINITY)
            await deps.due.mark(businessId, ["trash"]);
          return deliveriesMs;
        }),
    },
    signal,
    nowMs,
  );
  return swept;
}

/**
 * Adds the jobs of all active generations. If the queue still has a job, adding it changes nothing,
 * because the id of the job is the id of its generation. Also ends the active generations whose job
 * failed permanently.
 */
async function watchActive(deps: SweepGenerationsDeps, database: BusinessDatabase, businessId: string) {
  const counts = { found: 0, promisedAnew: 0, ended: 0 };
  for (let after = ""; ;) {
    const active = await database.kysely
      .selectFrom("generations as g")
      .leftJoin("generationOrigins as o", "o.generationId", "g.id")
      .select(["g.id as requestId", "g.userId", "g.versionId", "o.address as origin"])
      .where("g.state", "in", activeStates)
      .where("g.id", ">", after)
      .orderBy("g.id")
      .limit(rowsAtOnce)
      .execute();
    if (active.length === 0) return counts;
    after = active.at(-1)?.requestId ?? "";
    const added = await deps.jobs.add(
      "generation",
      active.map((generation) => generationJob.inputOf({ businessId, ...generation })),
    );
    counts.found += active.length;
    const missing = added.filter((job) => job.added).length;
    counts.promisedAnew += missing;
    if (missing < active.length)
      counts.ended += await endGivenUp(
        deps,
        database,
        businessId,
        new Set(active.map((row) => row.requestId)),
      );
  }
}

/** Ends generations whose job failed permanently, so that no listener waits for audio that will never be made. */
async function endGivenUp(
  deps: SweepGenerationsDeps,
  database: BusinessDatabase,
  businessId: string,
  active: ReadonlySet<string>,
): Promise<number> {
  const failed = await deps.jobs.list({ queue: "generation", state: "failed", businessId, limit: 1_000 });
  const givenUp = failed.map((job) => job.id).filter((id) => active.has(id));
  if (givenUp.length === 0) return 0;
  const ended = await database.promising(["generations"], async (trx) => {
    const rows = await trx
      .updateTable("generations")
      .set({
        state: "failed",
        finishedAt: new Date().toISOString(),
        reasonCode: "GENERATION_FAILED",
        reason: "The generation was started several times but never finished.",
      })
      .where("id", "in", givenUp)
      .where("state", "in", activeStates)
      .returning(["id", "versionId", "state", "reasonCode", "reason", "generatedMs"])
      .execute();
    for (const { id } of rows) {
      await promiseClosing(trx, businessId, id);
      await promiseEnded(trx, businessId, id);
    }
    return rows;
  });
  await closeStreamsSoon(deps, database, businessId, ended);
  return ended.length;
}

/**
 * Adds the jobs of unfinished purges, at most 500 in a sweep. If the queue still has a job, adding
 * it changes nothing.
 */
async function promisePurges(jobs: JobQueue, database: BusinessDatabase, businessId: string) {
  const purging = await database.kysely
    .selectFrom("receipts")
    .select("id")
    .where("state", "=", "purging")
    .orderBy("id")
    .limit(rowsAtOnce)
    .execute();
  const added =
    purging.length === 0
      ? []
      : await jobs.add(
          "maintenance",
          purging.map(({ id }) => purgeJob.inputOf({ businessId, receiptId: id })),
        );
  return { found: purging.length, promisedAnew: added.filter((job) => job.added).length };
}
