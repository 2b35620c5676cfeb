// Makes a ZIP of a project or of chosen tracks. The ZIP contains a tagged MP3 of each version whose sound is complete,
// and a manifest. The manifest describes the project, if there is one, and all versions, also those without an MP3.
// Deleted versions and tracks are left out.
import type { UserCaller } from "../../accounts/caller.ts";
import type { Business } from "../../businesses/business.ts";
import type { BusinessDatabase } from "../../businesses/databases/open-databases.ts";
import type { BusinessRegistry } from "../../businesses/registry.ts";
import { notFound } from "../../errors.ts";
import { archiveFile, type ArchivedVersion, archivedColumns, manifestOf } from "./archive-file.ts";
import { fileNameOf, uniqueNames } from "./formats/file-name.ts";
import { fileVersions, type LibraryFile, nameOf, type VersionFileDeps } from "./version-file.ts";

export interface ProjectArchiveDeps extends VersionFileDeps {
  readonly registry: BusinessRegistry;
}

/** Throws NOT_FOUND if the project is missing, deleted or belongs to another user. */
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

/**
 * Throws NOT_FOUND if a track is missing, is deleted or belongs to another user, or if all its versions are deleted.
 * `trackIds` must not be empty; repeated ids count one time.
 */
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
    .select(archivedColumns)
    .where("v.userId", "=", userId)
    .orderBy("t.createdAt")
    .orderBy("t.id")
    .orderBy("v.number");

interface Archived {
  readonly name: string;
  readonly modifiedAt: string;
  /** Null if the archive contains chosen tracks. */
  readonly project: { readonly id: string; readonly name: string; readonly createdAt: string } | null;
  readonly versions: readonly ArchivedVersion[];
}

function archiveOf(
  deps: ProjectArchiveDeps,
  business: Business,
  { name, modifiedAt, project, versions }: Archived,
): Promise<LibraryFile> {
  const names = uniqueNames(versions.map((version) => fileNameOf(nameOf(version), "mp3")));
  return archiveFile(deps, business, {
    name,
    versions: versions.map((version, index) => ({ ...version, file: names[index]! })),
    textsOf: (described) => [manifestOf({ project, modifiedAt, described })],
  });
}
