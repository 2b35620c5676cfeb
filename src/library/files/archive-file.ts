// Makes a ZIP. Text files, such as a manifest, come first in the ZIP. Then each version follows as an MP3 with tags.
import type { Business } from "../../businesses/business.ts";
import { isAppError } from "../../errors.ts";
import { fileNameOf } from "./formats/file-name.ts";
import { type ArchivedSound, type ArchivedText, fileOf } from "./formats/file-recipe.ts";
import { signingKeyOf } from "./signing-keys.ts";
import {
  etagOf,
  type FileVersion,
  type LibraryFile,
  renderedNameOf,
  type VersionFileDeps,
  type VersionSound,
  versionSound,
} from "./version-file.ts";

/** The columns that an archived version needs in addition to those of `fileVersions`. */
export const archivedColumns = [
  "v.trackId",
  "v.parentId",
  "v.seed",
  "t.createdAt as trackCreatedAt",
] as const;

export interface ArchivedVersion extends FileVersion {
  readonly trackId: string;
  readonly parentId: string | null;
  readonly seed: number;
  readonly trackCreatedAt: string;
}

/** Describes a version in the manifest. `file` is null if the archive doesn't contain the version's sound. */
export interface DescribedVersion extends Pick<
  ArchivedVersion,
  "trackId" | "title" | "number" | "parentId" | "prompt" | "instruction" | "seed" | "durationMs" | "createdAt"
> {
  readonly versionId: string;
  readonly file: string | null;
  readonly bytes: number | null;
}

export interface ArchiveContent {
  /** The name of the archive without an extension. */
  readonly name: string;
  /** The versions with the names of their files in the archive. The names must be unique. */
  readonly versions: readonly (ArchivedVersion & { readonly file: string })[];
  /**
   * Returns the text files of the archive. The archive's entity tag is a hash of these files. So two
   * archives with different sounds must also have different text files.
   */
  textsOf(described: readonly DescribedVersion[]): readonly ArchivedText[];
  /** A text that is added to the end of the entity tag. */
  readonly etagEnd?: string;
}

/**
 * Makes the archive. A version that is still being made, has no sound, or is damaged is described
 * with `file: null`, and has no file.
 */
export async function archiveFile(
  deps: VersionFileDeps,
  business: Business,
  { name, versions, textsOf, etagEnd = "" }: ArchiveContent,
): Promise<LibraryFile> {
  const key = await signingKeyOf(business);
  const entries: ArchivedSound[] = [];
  const made: VersionSound[] = [];
  const described: DescribedVersion[] = [];
  for (const version of versions) {
    const one = await versionSound(deps, business, version, "mp3", key).catch(withoutSound);
    if (one) {
      const { file, createdAt } = version;
      entries.push({ name: file, modifiedAtMs: Date.parse(createdAt), sound: one.sound });
      made.push(one);
    }
    const { id, trackId, title, number, parentId, prompt, instruction, durationMs, createdAt } = version;
    described.push({
      ...{ trackId, title, versionId: id, number, parentId, prompt, instruction },
      ...{ seed: Number(version.seed), durationMs, createdAt, file: one ? version.file : null },
      bytes: one === undefined ? null : await bytesOf(one),
    });
  }
  const texts = textsOf(described);
  const recipe = { kind: "archive", texts, entries } as const;
  const sounds = {
    read: (sound: number, start: number) => made[sound]!.read(start),
    sign: (sound: number, sha256: Uint8Array) => made[sound]!.sign(sha256),
  };
  const content = await fileOf(recipe, sounds);
  const etag = etagOf(texts, etagEnd);
  return {
    name: fileNameOf(name, "zip"),
    contentType: "application/zip",
    rendered: { name: renderedNameOf(etag), bytes: content.bytes, recipe, sounds },
    content,
    etag,
  };
}

export function manifestOf({
  project,
  modifiedAt,
  described,
}: {
  readonly project: object | null;
  readonly modifiedAt: string;
  readonly described: readonly DescribedVersion[];
}): ArchivedText {
  const manifest = { madeWith: "Rondo", manifestVersion: 1, project, versions: described };
  return {
    name: "manifest.json",
    modifiedAtMs: Date.parse(modifiedAt),
    text: `${JSON.stringify(manifest, null, 2)}\n`,
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
 * Handles an error of `versionSound`. If the version has no sound yet or is damaged, returns undefined,
 * and the archive is made without the sound of this version. Throws any other error again.
 */
function withoutSound(err: unknown): undefined {
  if (!isAppError(err, "CONFLICT", "CONTENT_DAMAGED")) throw err;
}
