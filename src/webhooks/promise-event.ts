// Stores an event with a delivery and a job for each subscribed endpoint, in the transaction of the change that
// causes the event.
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
 * Stores the event, and a delivery and a job for each active endpoint that subscribes to the event's type. If there is
 * no such endpoint, or if an event with the same id is already stored, stores nothing. The jobs are added to the queue
 * right after the commit. Start the transaction with `promising(["generations"])`: if a job is lost, the sweep of
 * generations adds the job again.
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

/**
 * Stores an event, and a delivery and a job for each of `targets`, even if the endpoint does not subscribe to the type
 * of the event. Returns the id of the event. If an event with this id is already stored, changes nothing.
 */
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
    // The first attempts for a failing endpoint use another queue, so that they don't delay the attempts for other
    // endpoints.
    const queue = target.failures > 0 ? "webhook-retry" : "webhook";
    await promiseJob(trx, queue, webhookJob.inputOf({ ...ids, round: 0, attempt: 0 }));
  }
  flushAfterCommit(trx);
  return id;
}

/** Parses a JSON column that contains a list of strings. */
export const listOf = (json: string): readonly string[] => JSON.parse(json) as readonly string[];
