// Creates the tables of webhooks: the endpoints on the business's servers, the events, and the
// deliveries. A delivery sends one event to one endpoint.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, timestamp, integer, json } = columnTypes(db);
  const { schema } = db;
  await schema
    .createTable("webhookEndpoints")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("url", text, (c) => c.notNull())
    .addColumn("events", json, (c) => c.notNull())
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("secret", text, (c) => c.notNull())
    .addColumn("formerSecret", text)
    .addColumn("formerUntil", timestamp)
    .addColumn("failures", integer, (c) => c.notNull().defaultTo(0))
    .addColumn("blockedUntil", timestamp)
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .addColumn("changedAt", timestamp, (c) => c.notNull())
    .execute();
  await schema
    .createTable("webhookEvents")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("type", text, (c) => c.notNull())
    .addColumn("data", json, (c) => c.notNull())
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .execute();
  await schema
    .createTable("webhookDeliveries")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("eventId", id, (c) => c.notNull().references("webhookEvents.id").onDelete("cascade"))
    .addColumn("endpointId", id, (c) => c.notNull().references("webhookEndpoints.id").onDelete("cascade"))
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("attempts", integer, (c) => c.notNull())
    .addColumn("round", integer, (c) => c.notNull())
    .addColumn("tries", json, (c) => c.notNull())
    .addColumn("nextAttemptAt", timestamp, (c) => c.notNull())
    .addColumn("claimedUntil", timestamp)
    .addColumn("answerCode", integer)
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .addColumn("finishedAt", timestamp)
    .execute();
  await schema
    .createIndex("webhook_deliveries_by_event")
    .unique()
    .on("webhookDeliveries")
    .columns(["eventId", "endpointId"])
    .execute();
  await schema
    .createIndex("webhook_deliveries_by_endpoint")
    .on("webhookDeliveries")
    .columns(["endpointId", "id"])
    .execute();
  await schema
    .createIndex("webhook_deliveries_by_time")
    .on("webhookDeliveries")
    .columns(["state", "nextAttemptAt"])
    .execute();
  await schema.createIndex("webhook_events_by_time").on("webhookEvents").column("createdAt").execute();
}
