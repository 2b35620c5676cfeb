// Finds the content of a share link: the title, and for each piece the newest finished version that
// is not deleted.
import type { BusinessDatabase, OpenDatabases } from "../businesses/databases/open-databases.ts";
import { notFound } from "../errors.ts";

export interface SharedPiece {
  readonly versionId: string;
  readonly title: string;
  readonly durationMs: number;
  /** The loudness over the piece: 100 unsigned bytes as base64. Null if the loudness was not calculated. */
  readonly peaks: string | null;
}

export interface SharedMusic {
  readonly kind: "track" | "project";
  readonly title: string;
  /** The pieces with a finished version: the 200 newest, newest first. */
  readonly pieces: readonly SharedPiece[];
}

const piecesMax = 200;
const token128 = /^[\w-]{22}$/;

/**
 * Throws NOT_FOUND, always with the same text, in these cases:
 * - The link is unknown or has ended.
 * - The track or project of the link is deleted, or has no piece with a finished version.
 * - The owner of the link has deleted the account.
 */
export async function openShare(
  { databases }: { readonly databases: OpenDatabases },
  businessId: string,
  token: string,
): Promise<SharedMusic> {
  if (!token128.test(token)) throw notFound("page");
  const music = await databases.use(businessId, (database) => find(database, token));
  if (!music || music.pieces.length === 0) throw notFound("page");
  return music;
}

async function find(database: BusinessDatabase, token: string): Promise<SharedMusic | undefined> {
  const row = await database.kysely
    .selectFrom("shares as s")
    .innerJoin("users as u", "u.id", "s.userId")
    .leftJoin("tracks as t", (join) => join.onRef("t.id", "=", "s.trackId").on("t.deletedAt", "is", null))
    .leftJoin("projects as p", (join) => join.onRef("p.id", "=", "s.projectId").on("p.deletedAt", "is", null))
    .select(["t.id as trackId", "t.title", "p.id as projectId", "p.name"])
    .where("s.token", "=", token)
    .where("u.deleteAfter", "is", null)
    .executeTakeFirst();
  if (!row) return undefined;
  const { trackId, projectId } = row;
  if (trackId !== null)
    return { kind: "track", title: row.title ?? "", pieces: await piecesOf(database, { trackId }) };
  if (projectId !== null)
    return { kind: "project", title: row.name ?? "", pieces: await piecesOf(database, { projectId }) };
  return undefined;
}

async function piecesOf(
  { kysely }: BusinessDatabase,
  within: { readonly trackId: string } | { readonly projectId: string },
): Promise<SharedPiece[]> {
  const rows = await kysely
    .selectFrom("versions as v")
    .innerJoin("tracks as t", "t.id", "v.trackId")
    .innerJoin("generations as g", "g.versionId", "v.id")
    .select(["v.id", "v.trackId", "v.durationMs", "v.peaks", "t.title"])
    .where(
      "trackId" in within ? "t.id" : "t.projectId",
      "=",
      "trackId" in within ? within.trackId : within.projectId,
    )
    .where("t.deletedAt", "is", null)
    .where("v.deletedAt", "is", null)
    .where("g.state", "=", "complete")
    .where((eb) =>
      eb(
        "v.number",
        "=",
        eb
          .selectFrom("versions as newer")
          .innerJoin("generations as made", "made.versionId", "newer.id")
          .select((inner) => inner.fn.max("newer.number").as("last"))
          .whereRef("newer.trackId", "=", "v.trackId")
          .where("newer.deletedAt", "is", null)
          .where("made.state", "=", "complete"),
      ),
    )
    .orderBy("t.createdAt", "desc")
    .orderBy("t.id", "desc")
    .limit(piecesMax)
    .execute();
  return rows.map(({ id, title, durationMs, peaks }) => ({
    versionId: id,
    title,
    durationMs: durationMs ?? 0,
    peaks,
  }));
}
