// Manages the outbox. Each job is stored in the same transaction as the change that causes the job,
// and is delivered to the queue afterwards.
import { v7 as uuidv7 } from "uuid";
import { type JobInput, type JobQueue, type QueueName, queueNames } from "../../ports/job-queue/job-queue.ts";
import type { BusinessDatabase, PromisingTransaction } from "./promising.ts";

/** Stores a job in the outbox. `job.id` is required: by this id, the queue recognizes and ignores a second delivery. */
export async function promiseJob(
  trx: PromisingTransaction,
  queue: QueueName,
  job: JobInput & { readonly id: string },
): Promise<void> {
  await trx
    .insertInto("outbox")
    .values({ id: uuidv7(), queue, job: JSON.stringify(job), createdAt: new Date().toISOString() })
    .execute();
}

interface FlushDeps {
  readonly jobs: Pick<JobQueue, "add">;
  readonly log: { error(facts: object, message: string): void };
}

const batch = 100;

/**
 * Adds the stored jobs to the queue, the oldest first, in batches of 100, and removes them from the outbox. Returns
 * the number of these jobs. Can run at any time, in any number of processes: if a job is added twice, the queue ignores
 * the second call. If the queue or the database fails, the promise is rejected, and all jobs of the current batch and
 * of later batches stay in the outbox. The next call adds them again.
 */
export async function flushOutbox(database: BusinessDatabase, jobs: Pick<JobQueue, "add">): Promise<number> {
  let handed = 0;
  for (;;) {
    const rows = await database.kysely.selectFrom("outbox").selectAll().orderBy("id").limit(batch).execute();
    if (rows.length === 0) return handed;
    for (const queue of queueNames) {
      const ours = rows.filter((row) => row.queue === queue);
      if (ours.length > 0)
        await jobs.add(
          queue,
          ours.map((row) => jobOf(row.job)),
        );
    }
    await database.kysely
      .deleteFrom("outbox")
      .where(
        "id",
        "in",
        rows.map((row) => row.id),
      )
      .execute();
    handed += rows.length;
  }
}

/**
 * Adds the stored jobs to the queue after a commit, and resolves after the attempt. Never rejects,
 * because the request has already succeeded. If the attempt fails, the error is logged, and a
 * scheduled sweep adds the jobs later.
 */
export async function flushOutboxSoon(
  { jobs, log }: FlushDeps,
  database: BusinessDatabase,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  await flushOutbox(database, jobs).catch((err: unknown) =>
    log.error({ err, ...facts }, "the job queue is unavailable; the sweep will add the jobs later"),
  );
}

/** SQLite returns a JSON column as text, Postgres as a parsed value. */
const jobOf = (json: unknown): JobInput => (typeof json === "string" ? JSON.parse(json) : json) as JobInput;
