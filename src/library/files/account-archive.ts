// Makes a ZIP of the data that is stored about a user: the answer of `exportUser` as JSON, and an MP3 of every version
// that has complete sound. Versions in the trash are included.
import { LRUCache } from "lru-cache";
import type { UserCaller } from "../../accounts/caller.ts";
import { exportUser } from "../../accounts/manage/export-user.ts";
import { notFound } from "../../errors.ts";
import type { MailLanguage } from "../../jobs/mail-job.ts";
import { accountReadme } from "./account-archive-readme.ts";
import { archivedColumns, archiveFile, manifestOf } from "./archive-file.ts";
import { fileNameOf, folderNameOf, uniqueNames } from "./formats/file-name.ts";
import type { ProjectArchiveDeps } from "./project-archive.ts";
import { everyFileVersion, type FileVersion, type LibraryFile, nameOf } from "./version-file.ts";

/** How long an interrupted download can be resumed, in milliseconds, if the data has not changed. */
const resumedForMs = 7 * 86_400_000;

/**
 * The time at which this process made the latest archive, for each user and language. The archive contains this time,
 * so the same time is needed to make the same bytes again. A client that resumes a download usually sends an entity
 * tag, which contains the time. If the client sends no usable entity tag, the stored time is used.
 */
const latestMs = new LRUCache<string, number>({ max: 10_000, ttl: resumedForMs });

export interface AccountArchiveOptions {
  /** The language of README.txt. */
  readonly language: MailLanguage;
  /** The entity tag of an archive that the client has already downloaded in part. */
  readonly etag?: string | undefined;
  /** Whether the client requests a range. */
  readonly isResumed: boolean;
}

/**
 * Each project has a folder with its pieces. Deleted pieces and versions are in the folder `trash`. A version without
 * complete sound has no file, and is listed in README.txt. A client that resumes a download gets the same bytes as
 * before, if the data has not changed. Throws NOT_FOUND if the user doesn't exist.
 */
export async function readAccountArchive(
  deps: ProjectArchiveDeps,
  { businessId, userId }: UserCaller,
  { language, etag, isResumed }: AccountArchiveOptions,
  nowMs = Date.now(),
): Promise<LibraryFile> {
  const business = await deps.registry.findById(businessId);
  if (!business) throw notFound("user");
  const whose = `${businessId} ${userId} ${language}`;
  const atMs = timeOfEtag(etag, nowMs) ?? (isResumed ? latestMs.get(whose) : undefined) ?? nowMs;
  latestMs.set(whose, atMs);
  const at = new Date(atMs).toISOString();
  const data = await exportUser(deps, businessId, userId, { at });
  const versions = await deps.databases.use(businessId, (database) =>
    everyFileVersion(database)
      .select(archivedColumns)
      .select(["t.projectId", "t.deletedAt as trackDeletedAt", "v.deletedAt"])
      .where("v.userId", "=", userId)
      .orderBy("t.createdAt")
      .orderBy("t.id")
      .orderBy("v.number")
      .execute(),
  );
  const files = filesOf(versions);
  return archiveFile(deps, business, {
    name: "My data",
    versions: versions.map((version, index) => ({ ...version, file: files[index]! })),
    textsOf: (described) => [
      {
        ...{ name: "README.txt", modifiedAtMs: atMs },
        text: accountReadme({
          ...{ business, language, at },
          missing: versions.filter((_, index) => described[index]!.file === null),
        }),
      },
      { name: "data.json", modifiedAtMs: atMs, text: `${JSON.stringify(data, null, 2)}\n` },
      manifestOf({ project: null, modifiedAt: at, described }),
    ],
    etagEnd: `-${atMs.toString(36)}`,
  });
}

/** Returns the time of the archive that has this entity tag; undefined if the tag has another form or is too old. */
function timeOfEtag(etag: string | undefined, nowMs: number): number | undefined {
  const digits = /"[\w-]{22}-([0-9a-z]{1,9})"/.exec(etag ?? "")?.[1];
  const atMs = digits === undefined ? Number.NaN : Number.parseInt(digits, 36);
  return atMs <= nowMs && atMs > nowMs - resumedForMs ? atMs : undefined;
}

interface Placed extends FileVersion {
  readonly projectId: string;
  readonly deletedAt: string | null;
  readonly trackDeletedAt: string | null;
}

/** Returns the path of each version in the archive. Projects with the same name get different folders. */
function filesOf(versions: readonly Placed[]): readonly string[] {
  const projects = new Map(versions.map(({ projectId, projectName }) => [projectId, projectName]));
  const folders = uniqueNames([...projects.values()].map((name) => `${folderNameOf(name)}.d`));
  const folderOf = new Map([...projects.keys()].map((id, index) => [id, folders[index]!.slice(0, -2)]));
  return uniqueNames(
    versions.map((version) => {
      const isDeleted = version.deletedAt !== null || version.trackDeletedAt !== null;
      const folder = isDeleted ? "trash" : `music/${folderOf.get(version.projectId)!}`;
      return `${folder}/${fileNameOf(nameOf(version), "mp3")}`;
    }),
  );
}
