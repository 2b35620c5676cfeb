// Empties the trash of what has lain there for its time, and takes up purges that were given up.
import type { BusinessDatabase, OpenDatabases } from "../businesses/open-databases.ts";
import { flushOutbox } from "../businesses/outbox.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { isAppError } from "../errors.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";
import { purgeJob, purgeThing } from "./purge-thing.ts";

export interface PurgeExpiredDeps {
  readonly registry: BusinessRegistry;
  readonly databases: OpenDatabases;
  readonly jobs: JobQueue;
}

const actsAtOnce = 100;
/** Longer than a purge takes with all its retries. */
const givenUpAfterMs = 3_600_000;

/** Gives how many acts of deleting became final. */
export async function purgeExpired(
  deps: PurgeExpiredDeps,
  signal: AbortSignal,
  nowMs = Date.now(),
): Promise<number> {
  let purged = 0;
  for (const business of await deps.registry.list()) {
    if (signal.aborted) break;
    purged += await deps.databases.use(business.id, async (database) => {
      const done = await purgeDue(database, business.id, nowMs, signal);
      await flushOutbox(database, deps.jobs);
      await resumeGivenUp(deps.jobs, database, business.id, nowMs);
      return done;
    });
  }
  return purged;
}

async function purgeDue(
  database: BusinessDatabase,
  businessId: string,
  nowMs: number,
  signal: AbortSignal,
): Promise<number> {
  let purged = 0;
  let purgedBefore = -1;
  while (purged > purgedBefore && !signal.aborted) {
    purgedBefore = purged;
    const due = await database.kysely
      .selectFrom("deletions")
      .select(["id as deletionId", "userId", "kind", "subjectId as id"])
      .where("purgeAfter", "<=", new Date(nowMs).toISOString())
      .orderBy("purgeAfter")
      .limit(actsAtOnce)
      .execute();
    for (const thing of due) {
      if (await unlessTakenBack(purgeThing(database, { businessId, ...thing }))) purged += 1;
    }
  }
  return purged;
}

/** False where it was restored or purged a moment ago: its act is gone, too. */
async function unlessTakenBack(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (err) {
    if (isAppError(err, "NOT_FOUND", "CONFLICT")) return false;
    throw err;
  }
}

async function resumeGivenUp(jobs: JobQueue, database: BusinessDatabase, businessId: string, nowMs: number) {
  const stuck = await database.kysely
    .selectFrom("receipts")
    .select("id")
    .where("state", "=", "purging")
    .where("requestedAt", "<", new Date(nowMs - givenUpAfterMs).toISOString())
    .limit(actsAtOnce)
    .execute();
  if (stuck.length === 0) return;
  await jobs.add(
    "maintenance",
    stuck.map(({ id }) => purgeJob(businessId, id, Math.floor(nowMs / givenUpAfterMs))),
  );
}
