// Closes the streams of generations whose end is committed: at once where the chunk store is there, else by the job that was promised with the end.
import type { BusinessDatabase } from "../businesses/open-databases.ts";
import { flushOutbox, promiseJob } from "../businesses/outbox.ts";
import type { PromisingTransaction } from "../businesses/promising.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";
import { closeStreams, type EndingStreams, type FinalGeneration } from "./finish-generation.ts";

export interface ClosingDeps extends EndingStreams {
  readonly jobs: JobQueue;
  readonly log: { error(facts: object, message: string): void };
}

/** In the transaction that ends it. */
export const promiseClosing = (
  trx: PromisingTransaction,
  businessId: string,
  requestId: string,
): Promise<void> =>
  promiseJob(trx, "maintenance", {
    id: `close-${requestId}`,
    name: "generation.close",
    businessId,
    data: { businessId, requestId },
    attempts: 5,
    backoffMs: 1_000,
  });

/** After the commit, so it never throws: what is done is answered as done. */
export async function closeStreamsSoon(
  deps: ClosingDeps,
  database: BusinessDatabase,
  businessId: string,
  ended: readonly FinalGeneration[],
): Promise<void> {
  const { jobs, log } = deps;
  for (const generation of ended) {
    await closeStreams(deps, database, businessId, generation).catch((err: unknown) =>
      log.error(
        { err, requestId: generation.id },
        "the streams can't be closed now; the promised job does it",
      ),
    );
  }
  await flushOutbox(database, jobs).catch((err: unknown) =>
    log.error({ err, businessId }, "the queue is away; the sweep will hand the jobs over"),
  );
}
