// Reads a version for its owner. Also reads the facts about where the sound of a version is stored.
import type { UserCaller } from "../../accounts/caller.ts";
import type { BusinessDatabase, OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { GenerationState } from "../../businesses/tables/schema.ts";
import { notFound } from "../../errors.ts";

export interface VersionView {
  readonly id: string;
  readonly trackId: string;
  readonly projectId: string;
  readonly parentId: string | null;
  readonly number: number;
  readonly title: string;
  readonly prompt: string;
  readonly instruction: string | null;
  readonly seed: number;
  readonly state: GenerationState;
  readonly durationMs: number | null;
  readonly audioBytes: number | null;
  readonly peaks: string | null;
  readonly createdAt: string;
  readonly requestId: string;
}

/**
 * Throws NOT_FOUND in these cases:
 * - The version is missing or belongs to another user.
 * - The version or its track was deleted. Versions and tracks in the trash count as deleted.
 * - The deletion of the user's account is scheduled.
 */
export async function readVersion(
  deps: { readonly databases: OpenDatabases },
  caller: UserCaller,
  versionId: string,
): Promise<VersionView> {
  const row = await deps.databases.use(caller.businessId, (database) =>
    living(database, versionId)
      .select([
        "v.id",
        "v.trackId",
        "t.projectId",
        "v.parentId",
        "v.number",
        "t.title",
        "v.prompt",
        "v.instruction",
        "v.seed",
        "g.state",
        "v.durationMs",
        "v.audioBytes",
        "v.peaks",
        "v.createdAt",
        "g.id as requestId",
      ])
      .where("v.userId", "=", caller.userId)
      .executeTakeFirst(),
  );
  if (!row) throw notFound("version");
  return row;
}

export interface AudioFacts {
  readonly versionId: string;
  readonly userId: string;
  /** The exact size of the whole sound, even before all bytes exist. Undefined if unknown. */
  readonly plannedBytes: number | undefined;
  readonly durationMs: number | undefined;
  /** The size of the sound in the object store, in bytes. Undefined if the sound is not stored there. */
  readonly objectBytes: number | undefined;
}

/**
 * Returns the facts that are needed to serve the sound of a version. The version can belong to any user, so the caller
 * must check the permission. Throws NOT_FOUND if the version is missing or deleted, or if the deletion of the user's
 * account is scheduled (see `readVersion`).
 */
export async function readAudioFacts(
  deps: { readonly databases: OpenDatabases },
  businessId: string,
  versionId: string,
): Promise<AudioFacts> {
  const row = await deps.databases.use(businessId, (database) =>
    living(database, versionId)
      .select(["v.id", "v.userId", "v.audioBytes", "v.durationMs", "v.storage", "v.objectBytes"])
      .executeTakeFirst(),
  );
  if (!row) throw notFound("version");
  return {
    versionId: row.id,
    userId: row.userId,
    plannedBytes: row.audioBytes === null ? undefined : Number(row.audioBytes),
    durationMs: row.durationMs ?? undefined,
    objectBytes: row.storage === "stored" ? Number(row.objectBytes) : undefined,
  };
}

const living = (database: BusinessDatabase, versionId: string) =>
  database.kysely
    .selectFrom("versions as v")
    .innerJoin("tracks as t", "t.id", "v.trackId")
    .innerJoin("generations as g", "g.versionId", "v.id")
    .innerJoin("users as u", "u.id", "v.userId")
    .where("v.id", "=", versionId)
    .where("v.deletedAt", "is", null)
    .where("t.deletedAt", "is", null)
    .where("u.deleteAfter", "is", null);
