// Purges things whose time in the trash is over, and adds new jobs for purges that are unfinished after an hour. Also
// removes old webhook events.
import type { BusinessDatabase, OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { flushOutbox } from "../../businesses/outbox/outbox.ts";
import { sweepDue, type SweepDueDeps } from "../../businesses/due/sweep-due.ts";
import { isAppError } from "../../errors.ts";
import type { JobQueue } from "../../ports/job-queue/job-queue.ts";
import { eventRetentionMs, removeOldEvents } from "../../webhooks/remove-old-events.ts";
import { purgeJob } from "../../jobs/purge-job.ts";
import { purgeThing } from "./purge-thing.ts";

export interface PurgeExpiredDeps extends SweepDueDeps {
  readonly databases: OpenDatabases;
  readonly jobs: JobQueue;
  readonly trashDays: number;
}

const actsAtOnce = 100;
/**
 * After this time, the job of an unfinished purge has probably failed permanently, because all attempts of the job
 * usually take less time.
 */
const givenUpAfterMs = 3_600_000;
const dayMs = 86_400_000;
/** The clocks of two machines may differ by this much. */
const clocksApartMs = 60_000;
/** The time limit for one business. After this time, no further batch is purged, and the next sweep continues. */
const limitMs = 300_000;

/** Returns how many deleted things were purged. After an abort, the current batch is still finished. */
export async function purgeExpired(
  deps: PurgeExpiredDeps,
  signal: AbortSignal,
  nowMs = Date.now(),
): Promise<number> {
  let purged = 0;
  await sweepDue(
    deps,
    {
      kind: "trash",
      furthestMs: Math.max(deps.trashDays * dayMs, givenUpAfterMs, eventRetentionMs),
      limitMs,
      sweepOne: (businessId, stop) =>
        deps.databases.use(businessId, async (database) => {
          await pullCloser(database, nowMs);
          purged += await purgeDue(database, businessId, nowMs, stop);
          await flushOutbox(database, deps.jobs);
          const nextEventMs = await removeOldEvents(database, nowMs);
          const isPurging = await resumeGivenUp(deps.jobs, database, businessId, nowMs);
          if (stop.aborted) return nowMs;
          const nextMs = Math.min(
            await nextPurgeMs(database),
            nextEventMs,
            isPurging ? nowMs + givenUpAfterMs : Number.POSITIVE_INFINITY,
          );
          return nextMs === Number.POSITIVE_INFINITY ? undefined : nextMs;
        }),
    },
    signal,
    nowMs,
  );
  return purged;
}

/**
 * Corrects deletions that were stored while a clock was ahead: their `deletedAt` is more than `clocksApartMs` in the
 * future. The time of the deletion is set to now. The thing then stays in the trash for the planned number of days,
 * counted from now.
 */
async function pullCloser(database: BusinessDatabase, nowMs: number): Promise<void> {
  const ahead = await database.kysely
    .selectFrom("deletions")
    .select(["id", "deletedAt", "purgeAfter"])
    .where("deletedAt", ">", new Date(nowMs + clocksApartMs).toISOString())
    .execute();
  for (const { id, deletedAt, purgeAfter } of ahead) {
    const restMs = Date.parse(purgeAfter) - Date.parse(deletedAt);
    await database.kysely
      .updateTable("deletions")
      .set({ deletedAt: new Date(nowMs).toISOString(), purgeAfter: new Date(nowMs + restMs).toISOString() })
      .where("id", "=", id)
      .execute();
  }
}

async function nextPurgeMs(database: BusinessDatabase): Promise<number> {
  const next = await database.kysely
    .selectFrom("deletions")
    .select("purgeAfter")
    .orderBy("purgeAfter")
    .limit(1)
    .executeTakeFirst();
  return next ? Date.parse(next.purgeAfter) : Number.POSITIVE_INFINITY;
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

/**
 * Returns false if the deletion no longer exists, because the thing was restored or purged a moment ago.
 */
async function unlessTakenBack(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (err) {
    if (isAppError(err, "NOT_FOUND", "CONFLICT")) return false;
    throw err;
  }
}

/**
 * Looks at the `actsAtOnce` oldest unfinished purges. If a purge is older than `givenUpAfterMs`, adds a new job for
 * this purge, but only one job in each clock hour. Returns true if there is any unfinished purge, even a recent one.
 */
async function resumeGivenUp(
  jobs: JobQueue,
  database: BusinessDatabase,
  businessId: string,
  nowMs: number,
): Promise<boolean> {
  const purging = await database.kysely
    .selectFrom("receipts")
    .select(["id", "requestedAt"])
    .where("state", "=", "purging")
    .orderBy("requestedAt")
    .limit(actsAtOnce)
    .execute();
  const stuck = purging.filter(({ requestedAt }) => Date.parse(requestedAt) < nowMs - givenUpAfterMs);
  await jobs.add(
    "maintenance",
    stuck.map(({ id }) =>
      purgeJob.inputOf({ businessId, receiptId: id }, Math.floor(nowMs / givenUpAfterMs)),
    ),
  );
  return purging.length > 0;
}
