// Stores an event, with a delivery and a job for each endpoint that subscribes to it, in the transaction of its cause.
import { v7 as uuidv7 } from "uuid";
import { promiseJob } from "../businesses/outbox/outbox.ts";
import { flushAfterCommit, type PromisingTransaction } from "../businesses/outbox/promising.ts";
import { webhookJob } from "../jobs/webhook-job.ts";
import type { WebhookEvent } from "./event-types.ts";

interface Target {
  readonly id: string;
  readonly failures: number;
}

/**
 * The transaction has to be started with the kind "generations", whose sweep adds lost jobs again. Its jobs are added to
 * the queue right after the commit. An event whose id is already stored changes nothing.
 */
export async function promiseEvent(
  trx: PromisingTransaction,
  businessId: string,
  event: WebhookEvent,
): Promise<void> {
  const endpoints = await trx
    .selectFrom("webhookEndpoints")
    .select(["id", "failures", "events"])
    .where("state", "=", "active")
    .execute();
  const subscribed = endpoints.filter(({ events }) => listOf(events).includes(event.type));
  if (subscribed.length > 0) await storeEvent(trx, businessId, event, subscribed);
}

/** Sends an event to one endpoint, whatever it subscribes to. */
export async function storeEvent(
  trx: PromisingTransaction,
  businessId: string,
  event: WebhookEvent,
  targets: readonly Target[],
): Promise<string> {
  const now = new Date().toISOString();
  const { id = `msg_${uuidv7()}`, type, data } = event;
  const stored = await trx
    .insertInto("webhookEvents")
    .values({ id, type, data: JSON.stringify(data), createdAt: now })
    .onConflict((row) => row.column("id").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (stored === undefined) return id;
  for (const target of targets) {
    const deliveryId = uuidv7();
    await trx
      .insertInto("webhookDeliveries")
      .values({
        ...{ id: deliveryId, eventId: id, endpointId: target.id, state: "pending" },
        ...{ attempts: 0, round: 0, tries: "[]", nextAttemptAt: now, createdAt: now },
      })
      .execute();
    const ids = { businessId, endpointId: target.id, deliveryId };
    // An endpoint that fails does not hold up the first attempts of others.
    const queue = target.failures > 0 ? "webhook-retry" : "webhook";
    await promiseJob(trx, queue, webhookJob.inputOf({ ...ids, round: 0, attempt: 0 }));
  }
  flushAfterCommit(trx);
  return id;
}

/** Reads a JSON column with a list of texts. */
export const listOf = (json: string): readonly string[] => JSON.parse(json) as readonly string[];
