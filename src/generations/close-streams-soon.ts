// Closes the streams of generations immediately after the commit of the transaction that ended the
// generations. The transaction also stores a job in the outbox. If the chunk store is not available
// now, this job closes the streams later.
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";
import { flushOutboxSoon, promiseJob } from "../businesses/outbox/outbox.ts";
import type { PromisingTransaction } from "../businesses/outbox/promising.ts";
import { closingJob } from "../jobs/closing-job.ts";
import type { JobQueue } from "../ports/job-queue/job-queue.ts";
import { closeAudio, closeStreams, type EndingStreams, type FinalGeneration } from "./finish-generation.ts";

export interface ClosingDeps extends EndingStreams {
  readonly jobs: JobQueue;
  readonly log: { error(facts: object, message: string): void };
}

/**
 * Stores the job that closes the streams of one generation. Call this function in the transaction
 * that ends the generation.
 */
export const promiseClosing = (
  trx: PromisingTransaction,
  businessId: string,
  requestId: string,
  options?: { readonly delayMs: number },
): Promise<void> => promiseJob(trx, "maintenance", closingJob.inputOf({ businessId, requestId }, options));

/**
 * Call this function after the commit of the transaction that ended the generations. If a stream can't be closed, the
 * promise does not reject. The error is logged, and the job of `promiseClosing` closes the stream later. With
 * `audioOnly`, the event stream stays open, so that the worker can report in it whether the generator has stopped.
 */
export async function closeStreamsSoon(
  deps: ClosingDeps,
  database: BusinessDatabase,
  businessId: string,
  ended: readonly FinalGeneration[],
  { audioOnly = false } = {},
): Promise<void> {
  const { log } = deps;
  const close = audioOnly ? closeAudio : closeStreams;
  for (const generation of ended) {
    await close(deps, database, businessId, generation).catch((err: unknown) =>
      log.error(
        { err, requestId: generation.id },
        "the streams can't be closed now; the stored job will close them",
      ),
    );
  }
  await flushOutboxSoon(deps, database, { businessId });
}
