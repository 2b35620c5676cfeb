// Adds the jobs of webhook deliveries again if the queue has lost them. The sweep of generations calls
// `sweepDeliveries`.
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";
import { webhookJob } from "../jobs/webhook-job.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";

const rowsAtOnce = 500;
/**
 * A delivery counts as overdue when its next attempt is late by this time. If the attempt is less late, its job is
 * probably still waiting in the queue.
 */
const overdueMs = 30_000;
/**
 * If an attempt is late by at least this number of milliseconds, its job has possibly failed for good. The queue would
 * ignore a new job with the id of the failed job, so the new job gets another id. The time during which the endpoint is
 * blocked after a failure (until `blockedUntil`) is not counted.
 */
const givenUpAfterMs = 900_000;
const lookAgainMs = { least: 60_000, most: 600_000 };

/**
 * Returns the time of the next sweep in milliseconds since 1970, which is one to ten minutes after
 * `nowMs`. Returns undefined if no delivery to an active endpoint is pending.
 */
export async function sweepDeliveries(
  jobs: Pick<JobQueue, "add">,
  database: BusinessDatabase,
  businessId: string,
  nowMs: number,
): Promise<number | undefined> {
  await addOverdue(jobs, database, businessId, nowMs);
  const next = await pending(database)
    .select("d.nextAttemptAt")
    .orderBy("d.nextAttemptAt")
    .limit(1)
    .executeTakeFirst();
  if (next === undefined) return undefined;
  const atMs = Date.parse(next.nextAttemptAt);
  return Math.min(Math.max(atMs, nowMs + lookAgainMs.least), nowMs + lookAgainMs.most);
}

const pending = ({ kysely }: BusinessDatabase) =>
  kysely
    .selectFrom("webhookDeliveries as d")
    .innerJoin("webhookEndpoints as e", "e.id", "d.endpointId")
    .where("d.state", "=", "pending")
    .where("e.state", "=", "active");

/**
 * Adds the jobs of the deliveries that are overdue for the longest time, at most `rowsAtOnce`. A
 * job that is still in the queue isn't added twice.
 */
async function addOverdue(
  jobs: Pick<JobQueue, "add">,
  database: BusinessDatabase,
  businessId: string,
  nowMs: number,
): Promise<void> {
  const overdue = await pending(database)
    .select(["d.id as deliveryId", "d.endpointId", "d.round", "d.attempts as attempt"])
    .select(["d.nextAttemptAt", "e.blockedUntil"])
    .where("d.nextAttemptAt", "<=", new Date(nowMs - overdueMs).toISOString())
    .orderBy("d.nextAttemptAt")
    .limit(rowsAtOnce)
    .execute();
  if (overdue.length === 0) return;
  await jobs.add(
    "webhook-retry",
    overdue.map(({ nextAttemptAt, blockedUntil, ...ids }) => {
      const sinceMs =
        nowMs - Math.max(Date.parse(nextAttemptAt), blockedUntil ? Date.parse(blockedUntil) : 0);
      const again = sinceMs < givenUpAfterMs ? 0 : Math.floor(nowMs / givenUpAfterMs);
      return webhookJob.inputOf({ businessId, ...ids }, { again });
    }),
  );
}
