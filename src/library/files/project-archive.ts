// Makes a ZIP of a project or of chosen tracks. The ZIP contains every version with its tags, and a manifest with the
// projects, tracks and versions.
import type { UserCaller } from "../../accounts/caller.ts";
import type { Business } from "../../businesses/business.ts";
import type { BusinessDatabase } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { isAppError, notFound } from "../../errors.ts";
import { fileNameOf, uniqueNames } from "./formats/file-name.ts";
import { type ArchivedSound, fileOf } from "./formats/file-recipe.ts";
import { signingKeyOf } from "./signing-keys.ts";
import {
  etagOf,
  fileVersions,
  type LibraryFile,
  nameOf,
  renderedNameOf,
  type VersionFileDeps,
  type VersionSound,
  versionSound,
} from "./version-file.ts";

export interface ProjectArchiveDeps extends VersionFileDeps {
  readonly registry: BusinessRegistry;
}

/**
 * Throws NOT_FOUND if the project is missing, deleted or belongs to another user. A version without complete sound is
 * only listed in the manifest.
 */
export async function readProjectArchive(
  deps: ProjectArchiveDeps,
  caller: UserCaller,
  projectId: string,
): Promise<LibraryFile> {
  const business = await deps.registry.findById(caller.businessId);
  if (!business) throw notFound("project");
  const { project, versions } = await deps.databases.use(business.id, async (database) => ({
    project: await database.kysely
      .selectFrom("projects")
      .select(["id", "name", "createdAt"])
      .where("id", "=", projectId)
      .where("userId", "=", caller.userId)
      .where("deletedAt", "is", null)
      .executeTakeFirst(),
    versions: await archived(database, caller).where("t.projectId", "=", projectId).execute(),
  }));
  if (!project) throw notFound("project");
  return archiveOf(deps, business, { name: project.name, modifiedAt: project.createdAt, project, versions });
}

/** Throws NOT_FOUND if a track is missing, deleted or belongs to another user. */
export async function readTracksArchive(
  deps: ProjectArchiveDeps,
  caller: UserCaller,
  trackIds: readonly string[],
): Promise<LibraryFile> {
  const business = await deps.registry.findById(caller.businessId);
  if (!business) throw notFound("track");
  const versions = await deps.databases.use(business.id, (database) =>
    archived(database, caller).where("v.trackId", "in", trackIds).execute(),
  );
  const found = new Set(versions.map(({ trackId }) => trackId));
  if (found.size < new Set(trackIds).size) throw notFound("track");
  const modifiedAt = versions.at(-1)!.trackCreatedAt;
  return archiveOf(deps, business, { name: "Pieces", modifiedAt, project: null, versions });
}

const archived = (database: BusinessDatabase, { userId }: UserCaller) =>
  fileVersions(database)
    .select(["v.trackId", "v.parentId", "v.seed", "t.createdAt as trackCreatedAt"])
    .where("v.userId", "=", userId)
    .orderBy("t.createdAt")
    .orderBy("t.id")
    .orderBy("v.number");

interface Archived {
  readonly name: string;
  readonly modifiedAt: string;
  /** Null if the archive contains chosen tracks. */
  readonly project: { readonly id: string; readonly name: string; readonly createdAt: string } | null;
  readonly versions: Awaited<ReturnType<ReturnType<typeof archived>["execute"]>>;
}

async function archiveOf(
  deps: ProjectArchiveDeps,
  business: Business,
  { name, modifiedAt, project, versions }: Archived,
): Promise<LibraryFile> {
  const key = await signingKeyOf(business);
  const names = uniqueNames(versions.map((version) => fileNameOf(nameOf(version), "mp3")));
  const entries: ArchivedSound[] = [];
  const made: VersionSound[] = [];
  const described: object[] = [];
  for (const [index, version] of versions.entries()) {
    const one = await versionSound(deps, business, version, "mp3", key).catch(withoutSound);
    const file = one && names[index];
    if (one && file) {
      entries.push({ name: file, modifiedAtMs: Date.parse(version.createdAt), sound: one.sound });
      made.push(one);
    }
    const { id, trackId, title, number, parentId, prompt, instruction, durationMs, createdAt } = version;
    described.push({
      ...{ trackId, title, versionId: id, number, parentId, prompt, instruction },
      ...{ seed: Number(version.seed), durationMs, createdAt, file: file ?? null },
      bytes: one === undefined ? null : await bytesOf(one),
    });
  }
  const manifest = { madeWith: "Rondo", manifestVersion: 1, project, versions: described };
  const recipe = {
    kind: "archive",
    manifest: {
      modifiedAtMs: Date.parse(modifiedAt),
      text: `${JSON.stringify(manifest, null, 2)}\n`,
    },
    entries,
  } as const;
  const sounds = {
    read: (sound: number, start: number) => made[sound]!.read(start),
    sign: (sound: number, sha256: Uint8Array) => made[sound]!.sign(sha256),
  };
  const content = await fileOf(recipe, sounds);
  const etag = etagOf(manifest);
  return {
    name: fileNameOf(name, "zip"),
    contentType: "application/zip",
    rendered: { name: renderedNameOf(etag), bytes: content.bytes, recipe, sounds },
    content,
    etag,
  };
}

const bytesOf = async ({ sound, ...sounds }: VersionSound): Promise<number> =>
  (
    await fileOf(
      { kind: "sound", sound },
      { read: (_, start) => sounds.read(start), sign: (_, sha256) => sounds.sign(sha256) },
    )
  ).bytes;

/**
 * Leaves out a version that is still being made or is damaged, because the rest of the project is still useful.
 */
function withoutSound(err: unknown): undefined {
  if (!isAppError(err, "CONFLICT", "CONTENT_DAMAGED")) throw err;
}
