// Finds a thing of one user: a project, a track or a version. Returns the thing's title, the deletion of the thing, and
// the deletions of the things that contain this thing.
import type { Transaction } from "kysely";
import type { BusinessTables, ThingKind } from "../../businesses/tables/schema.ts";
import { notFound } from "../../errors.ts";

export interface ThingRef {
  readonly kind: ThingKind;
  readonly id: string;
}

export interface Thing extends ThingRef {
  readonly title: string;
  /** The deletion that moved the thing to the trash; null if the thing is not in the trash. */
  readonly deletionId: string | null;
  /**
   * The deletions of the things that contain this thing, the nearest thing first. Things that are not in the trash are
   * left out.
   */
  readonly deletionIdsAbove: readonly string[];
}

type Trx = Transaction<BusinessTables>;

/**
 * Finds a thing, also if the thing is in the trash. If the thing is missing or belongs to another
 * user, throws NOT_FOUND.
 */
export async function getThing(trx: Trx, userId: string, ref: ThingRef): Promise<Thing> {
  const thing = await find[ref.kind](trx, userId, ref.id);
  if (!thing) throw notFound(ref.kind);
  const { title, deletionId, above } = thing;
  return { ...ref, title, deletionId, deletionIdsAbove: above.filter((id) => id !== null) };
}

interface Found {
  readonly title: string;
  readonly deletionId: string | null;
  readonly above: readonly (string | null)[];
}

const find: Record<ThingKind, (trx: Trx, userId: string, id: string) => Promise<Found | undefined>> = {
  async project(trx, userId, id) {
    const row = await trx
      .selectFrom("projects")
      .select(["name", "deletionId"])
      .where("id", "=", id)
      .where("userId", "=", userId)
      .executeTakeFirst();
    return row && { title: row.name, deletionId: row.deletionId, above: [] };
  },
  async track(trx, userId, id) {
    const row = await trx
      .selectFrom("tracks as t")
      .innerJoin("projects as p", "p.id", "t.projectId")
      .select(["t.title", "t.deletionId", "p.deletionId as projectDeletionId"])
      .where("t.id", "=", id)
      .where("t.userId", "=", userId)
      .executeTakeFirst();
    return row && { title: row.title, deletionId: row.deletionId, above: [row.projectDeletionId] };
  },
  async version(trx, userId, id) {
    const row = await trx
      .selectFrom("versions as v")
      .innerJoin("tracks as t", "t.id", "v.trackId")
      .innerJoin("projects as p", "p.id", "t.projectId")
      .select([
        "t.title",
        "v.number",
        "v.deletionId",
        "t.deletionId as trackDeletionId",
        "p.deletionId as projectDeletionId",
      ])
      .where("v.id", "=", id)
      .where("v.userId", "=", userId)
      .executeTakeFirst();
    return (
      row && {
        title: `${row.title}, version ${row.number}`,
        deletionId: row.deletionId,
        above: [row.trackDeletionId, row.projectDeletionId],
      }
    );
  },
};

/**
 * Selects track ids: for a project, all its tracks; for a track, the track itself; for a version, the
 * track of the version. Also selects tracks in the trash. The user is not checked, so call `getThing` first.
 */
export const tracksOf = (trx: Trx, { kind, id }: ThingRef) => {
  const tracks = trx.selectFrom("tracks").select("id");
  switch (kind) {
    case "project":
      return tracks.where("projectId", "=", id);
    case "track":
      return tracks.where("id", "=", id);
    case "version":
      return tracks.where("id", "in", trx.selectFrom("versions").select("trackId").where("id", "=", id));
  }
};

/**
 * Selects the ids of the versions that belong to the thing. Also selects versions in the trash. The user is not
 * checked, so call `getThing` first.
 */
export const versionsOf = (trx: Trx, ref: ThingRef) => {
  const versions = trx.selectFrom("versions").select("id");
  return ref.kind === "version"
    ? versions.where("id", "=", ref.id)
    : versions.where("trackId", "in", tracksOf(trx, ref));
};
