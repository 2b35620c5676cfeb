// Stores the outcome of an attempt to deliver a webhook. If another attempt follows, its job is stored in the same
// transaction.
import type { Transaction } from "kysely";
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";
import { promiseJob } from "../businesses/outbox/outbox.ts";
import { flushAfterCommit, type PromisingTransaction } from "../businesses/outbox/promising.ts";
import type { BusinessTables } from "../businesses/tables/schema.ts";
import { type WebhookJobData, webhookJob } from "../jobs/webhook-job.ts";
import { blockedMs, retryDelayMs } from "./retry-plan.ts";
import type { Outcome } from "./send-message.ts";

/** An attempt, as the list of deliveries shows it. `at` is the time of its start, and `ms` is its duration. */
export interface Try {
  readonly at: string;
  readonly ms: number;
  readonly status: number | null;
  /** Why the attempt failed; null if the message was delivered. */
  readonly reason: string | null;
}

export interface Attempted {
  readonly outcome: Outcome;
  readonly atMs: number;
  readonly tookMs: number;
}

/** The number of attempts that are stored per delivery: the latest ones. */
const triesMax = 20;

/**
 * Stores the outcome. After a failure, the endpoint gets no messages for some time. The delivery is tried again later,
 * or becomes dead if no attempts are left. Changes nothing if the outcome of this attempt is already stored, or if the
 * delivery has ended, was restarted (a new round) or was deleted.
 */
export async function recordOutcome(
  database: BusinessDatabase,
  job: WebhookJobData,
  attempted: Attempted,
): Promise<void> {
  // If the queue loses the job of a webhook delivery, the sweep of the kind "generations" adds the job again.
  await database.promising(["generations"], async (trx) => {
    const row = await trx
      .selectFrom("webhookDeliveries as d")
      .innerJoin("webhookEndpoints as e", "e.id", "d.endpointId")
      .select(["d.tries", "e.failures"])
      .where("d.id", "=", job.deliveryId)
      .where("d.state", "=", "pending")
      .where("d.round", "=", job.round)
      .where("d.attempts", "=", job.attempt)
      .executeTakeFirst();
    if (row === undefined) return;
    const { outcome } = attempted;
    const now = new Date().toISOString();
    const ended = {
      attempts: job.attempt + 1,
      tries: triesWith(row.tries, attempted),
      claimedUntil: null,
      answerCode: outcome.status ?? null,
    };
    if (outcome.kind === "delivered") {
      await setDelivery(trx, job, { ...ended, state: "delivered", finishedAt: now });
      if (row.failures > 0) await setEndpoint(trx, job, { failures: 0, blockedUntil: null });
      return;
    }
    if (outcome.kind === "gone") {
      await setDelivery(trx, job, { ...ended, state: "dead", finishedAt: now });
      await endEndpoint(trx, job, now);
      return;
    }
    await recordFailure(trx, job, { ...attempted, outcome, ended, failures: row.failures + 1 });
  });
}

const triesWith = (tries: string, { outcome, atMs, tookMs }: Attempted): string => {
  const one: Try = {
    ...{ at: new Date(atMs).toISOString(), ms: tookMs, status: outcome.status ?? null },
    reason: reasonOf(outcome),
  };
  return JSON.stringify([...(JSON.parse(tries) as Try[]), one].slice(-triesMax));
};

function reasonOf(outcome: Outcome): string | null {
  if (outcome.kind === "delivered") return null;
  return outcome.kind === "gone" ? "The endpoint wants no more messages (410)." : outcome.reason;
}

async function recordFailure(
  trx: PromisingTransaction,
  job: WebhookJobData,
  failed: {
    readonly outcome: Outcome & { readonly kind: "failed" };
    readonly ended: { readonly attempts: number };
    readonly failures: number;
  },
): Promise<void> {
  const { outcome, ended, failures } = failed;
  const nowMs = Date.now();
  const at = (ms: number) => new Date(nowMs + ms).toISOString();
  await setEndpoint(trx, job, { failures, blockedUntil: at(blockedMs(failures, outcome.retryAfterMs)) });
  const delayMs = retryDelayMs(ended.attempts, outcome.retryAfterMs);
  if (delayMs === undefined) return setDelivery(trx, job, { ...ended, state: "dead", finishedAt: at(0) });
  await setDelivery(trx, job, { ...ended, nextAttemptAt: at(delayMs) });
  const next = { ...job, attempt: job.attempt + 1 };
  await promiseJob(trx, "webhook-retry", webhookJob.inputOf(next, { delayMs }));
  flushAfterCommit(trx);
}

/** Marks the endpoint as gone, so that it gets no more messages. Its other pending deliveries become dead. */
async function endEndpoint(
  trx: PromisingTransaction,
  { endpointId }: WebhookJobData,
  now: string,
): Promise<void> {
  await trx
    .updateTable("webhookDeliveries")
    .set({ state: "dead", finishedAt: now })
    .where("endpointId", "=", endpointId)
    .where("state", "=", "pending")
    .execute();
  await trx
    .updateTable("webhookEndpoints")
    .set({ state: "gone", changedAt: now })
    .where("id", "=", endpointId)
    .execute();
}

async function setDelivery(
  trx: Transaction<BusinessTables>,
  { deliveryId }: WebhookJobData,
  values: Partial<BusinessTables["webhookDeliveries"]>,
): Promise<void> {
  await trx.updateTable("webhookDeliveries").set(values).where("id", "=", deliveryId).execute();
}

const setEndpoint = (
  trx: Transaction<BusinessTables>,
  { endpointId }: WebhookJobData,
  values: { readonly failures: number; readonly blockedUntil: string | null },
): Promise<unknown> => trx.updateTable("webhookEndpoints").set(values).where("id", "=", endpointId).execute();
