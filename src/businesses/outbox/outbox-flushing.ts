// Flushes the outboxes of businesses in the background, right after the commit of a transaction that called
// `flushAfterCommit`.
import type { OpenDatabases } from "../databases/open-databases.ts";
import type { JobQueue } from "../../ports/job-queue/job-queue.ts";
import { flushOutboxSoon } from "./outbox.ts";

export interface OutboxFlushingDeps {
  readonly databases: Pick<OpenDatabases, "use">;
  readonly jobs: Pick<JobQueue, "add">;
  readonly log: { error(facts: object, message: string): void };
}

export interface OutboxFlushing {
  /**
   * Starts a flush of the business's outbox, and returns immediately. If a flush of this outbox is
   * already running, one more flush follows it, even if `flush` is called several times. A failure is
   * only logged.
   */
  flush(businessId: string): void;
  /**
   * Resolves when the flushes that are running now, and the flushes that follow them, have ended.
   */
  finish(): Promise<void>;
}

export function createOutboxFlushing({ databases, jobs, log }: OutboxFlushingDeps): OutboxFlushing {
  const running = new Map<string, Promise<void>>();
  const wantedAgain = new Set<string>();

  async function run(businessId: string): Promise<void> {
    do {
      wantedAgain.delete(businessId);
      await databases
        .use(businessId, (database) => flushOutboxSoon({ jobs, log }, database, { businessId }))
        .catch((err: unknown) =>
          log.error({ err, businessId }, "the outbox can't be read; the sweep will add its jobs later"),
        );
    } while (wantedAgain.has(businessId));
    running.delete(businessId);
  }

  return {
    flush(businessId) {
      if (running.has(businessId)) wantedAgain.add(businessId);
      else running.set(businessId, run(businessId));
    },
    async finish() {
      await Promise.all(running.values());
    },
  };
}
