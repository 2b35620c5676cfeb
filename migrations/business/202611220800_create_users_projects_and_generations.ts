// Creates the tables of users, sessions, projects, tracks, versions and generations, and the outbox.
import type { Kysely } from "kysely";
import { columnTypes } from "../../src/ports/database/column-types.ts";

export async function up(db: Kysely<never>): Promise<void> {
  const { id, text, integer, bigint, timestamp, json } = columnTypes(db);
  const { schema } = db;

  await schema
    .createTable("users")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .execute();

  await schema
    .createTable("sessions")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("userId", id, (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .addColumn("expiresAt", timestamp, (c) => c.notNull())
    .addColumn("revokedAt", timestamp)
    .execute();
  await schema.createIndex("sessions_by_user").on("sessions").column("userId").execute();

  await schema
    .createTable("projects")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("userId", id, (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .addColumn("updatedAt", timestamp, (c) => c.notNull())
    .addColumn("deletedAt", timestamp)
    .execute();
  await schema
    .createIndex("projects_by_user")
    .on("projects")
    .columns(["userId", "createdAt", "id"])
    .execute();

  await schema
    .createTable("tracks")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("userId", id, (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("projectId", id, (c) => c.notNull().references("projects.id").onDelete("cascade"))
    .addColumn("title", text, (c) => c.notNull())
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .addColumn("updatedAt", timestamp, (c) => c.notNull())
    .addColumn("deletedAt", timestamp)
    .execute();
  await schema.createIndex("tracks_by_user").on("tracks").columns(["userId", "createdAt", "id"]).execute();
  await schema
    .createIndex("tracks_by_project")
    .on("tracks")
    .columns(["projectId", "createdAt", "id"])
    .execute();

  await schema
    .createTable("versions")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("userId", id, (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("trackId", id, (c) => c.notNull().references("tracks.id").onDelete("cascade"))
    .addColumn("parentId", id, (c) => c.references("versions.id").onDelete("set null"))
    .addColumn("number", integer, (c) => c.notNull())
    .addColumn("prompt", text, (c) => c.notNull())
    .addColumn("instruction", text)
    .addColumn("seed", bigint, (c) => c.notNull())
    .addColumn("spec", json)
    .addColumn("durationMs", integer)
    .addColumn("audioBytes", bigint)
    .addColumn("peaks", text)
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .addColumn("updatedAt", timestamp, (c) => c.notNull())
    .addColumn("deletedAt", timestamp)
    .execute();
  await schema
    .createIndex("versions_by_track")
    .unique()
    .on("versions")
    .columns(["trackId", "number"])
    .execute();
  await schema
    .createIndex("versions_by_user")
    .on("versions")
    .columns(["userId", "createdAt", "id"])
    .execute();
  await schema.createIndex("versions_by_parent").on("versions").column("parentId").execute();

  await schema
    .createTable("generations")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("userId", id, (c) => c.notNull().references("users.id").onDelete("cascade"))
    .addColumn("projectId", id, (c) => c.notNull().references("projects.id").onDelete("cascade"))
    .addColumn("trackId", id, (c) => c.notNull().references("tracks.id").onDelete("cascade"))
    .addColumn("versionId", id, (c) => c.notNull().references("versions.id").onDelete("cascade"))
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("prompt", text, (c) => c.notNull())
    .addColumn("seed", bigint, (c) => c.notNull())
    .addColumn("durationSeconds", integer, (c) => c.notNull())
    .addColumn("idempotencyKey", text)
    .addColumn("requestHash", text)
    .addColumn("epoch", integer, (c) => c.notNull().defaultTo(0))
    .addColumn("generatedMs", integer, (c) => c.notNull().defaultTo(0))
    .addColumn("plannedMs", integer)
    .addColumn("plannedBytes", bigint)
    .addColumn("reasonCode", text)
    .addColumn("reason", text)
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .addColumn("startedAt", timestamp)
    .addColumn("finishedAt", timestamp)
    .execute();
  await schema
    .createIndex("generations_by_user")
    .on("generations")
    .columns(["userId", "createdAt", "id"])
    .execute();
  await schema.createIndex("generations_by_project").on("generations").column("projectId").execute();
  await schema.createIndex("generations_by_track").on("generations").column("trackId").execute();
  await schema.createIndex("generations_by_version").on("generations").column("versionId").execute();
  await schema
    .createIndex("generations_by_state")
    .on("generations")
    .columns(["state", "createdAt"])
    .execute();
  await schema
    .createIndex("generations_by_idempotency_key")
    .unique()
    .on("generations")
    .columns(["userId", "idempotencyKey"])
    .execute();

  await schema
    .createTable("outbox")
    .addColumn("id", id, (c) => c.primaryKey())
    .addColumn("queue", text, (c) => c.notNull())
    .addColumn("job", json, (c) => c.notNull())
    .addColumn("createdAt", timestamp, (c) => c.notNull())
    .execute();
}
