// A project as one ZIP: every version with its tags, and a manifest that says how they belong together.
import type { UserCaller } from "../accounts/caller.ts";
import type { BusinessRegistry } from "../businesses/registry.ts";
import { isAppError, notFound } from "../errors.ts";
import { sourceOf } from "./formats/byte-source.ts";
import { fileNameOf, uniqueNames } from "./formats/file-name.ts";
import { type ZipEntry, zipFile } from "./formats/zip-file.ts";
import { signingKeyOf } from "./signing-keys.ts";
import {
  etagOf,
  fileVersions,
  type LibraryFile,
  nameOf,
  versionContent,
  type VersionFileDeps,
} from "./version-file.ts";

export interface ProjectArchiveDeps extends VersionFileDeps {
  readonly registry: BusinessRegistry;
}

/** Missing, deleted or someone else's: NOT_FOUND. What has no whole sound is in the manifest, without a file. */
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
    versions: await fileVersions(database)
      .select(["v.trackId", "v.parentId", "v.seed", "t.createdAt as trackCreatedAt"])
      .where("t.projectId", "=", projectId)
      .where("v.userId", "=", caller.userId)
      .orderBy("t.createdAt")
      .orderBy("t.id")
      .orderBy("v.number")
      .execute(),
  }));
  if (!project) throw notFound("project");

  const key = await signingKeyOf(business);
  const names = uniqueNames(versions.map((version) => fileNameOf(nameOf(version), "mp3")));
  const entries: ZipEntry[] = [];
  const described: object[] = [];
  for (const [index, version] of versions.entries()) {
    const content = await versionContent(deps, business, version, "mp3", key).catch(withoutSound);
    const file = content && names[index];
    if (content && file) {
      entries.push({ name: file, modifiedAtMs: Date.parse(version.createdAt), content });
    }
    const { id, trackId, title, number, parentId, prompt, instruction, durationMs, createdAt } = version;
    described.push({
      ...{ trackId, title, versionId: id, number, parentId, prompt, instruction },
      ...{ seed: Number(version.seed), durationMs, createdAt, file: file ?? null },
      bytes: content?.bytes ?? null,
    });
  }
  const manifest = { madeWith: "Rondo", manifestVersion: 1, project, versions: described };
  const manifestEntry = {
    name: "manifest.json",
    modifiedAtMs: Date.parse(project.createdAt),
    content: sourceOf(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)),
  };
  return {
    name: fileNameOf(project.name, "zip"),
    contentType: "application/zip",
    content: zipFile([manifestEntry, ...entries]),
    etag: etagOf(manifest),
  };
}

/** Still being made, or damaged: the rest of the project is worth having all the same. */
function withoutSound(err: unknown): undefined {
  if (!isAppError(err, "CONFLICT", "CONTENT_DAMAGED")) throw err;
}
