// Jobs that are promised in the same transaction as the rows they are about, and handed to the queue after it.
import { v7 as uuidv7 } from "uuid";
import { type JobInput, type JobQueue, type QueueName, queueNames } from "../ports/job-queue/job-queue.ts";
import type { BusinessDatabase, PromisingTransaction } from "./promising.ts";

/** `job.id` is required: handing a job over twice must add it once. */
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

const batch = 100;

/** Hands over what was promised, oldest first; gives how many. Safe to run at any time, by any number of processes. */
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

/** SQLite gives a JSON column as its text, Postgres as what it holds. */
const jobOf = (json: unknown): JobInput => (typeof json === "string" ? JSON.parse(json) : json) as JobInput;
