// Makes the file of a version for download. The file has a name and tags, is marked as made by a machine, and is
// signed with the key of the business.
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Business } from "../../businesses/business.ts";
import type { BusinessDatabase, OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { GenerationState } from "../../businesses/tables/schema.ts";
import { AppError, notFound } from "../../errors.ts";
import { finishedAudio, type FinishedAudioDeps } from "../tiers/finished-audio.ts";
import type { ByteSource } from "./formats/byte-source.ts";
import { endedMp3, isWithoutLength } from "./formats/mp3/ended-mp3.ts";
import { fileNameOf } from "./formats/file-name.ts";
import { fileOf, type SoundRecipe } from "./formats/file-recipe.ts";
import { type SigningKey, signatureCharacters, signSound } from "./formats/signature/signature.ts";
import { untagged } from "./formats/mp3/untagged.ts";
import type { TrackTags } from "./formats/track-tags.ts";
import type { RenderedFile } from "./rendered-files.ts";
import { signingKeyOf } from "./signing-keys.ts";

export type FileFormat = "mp3" | "wav";

export interface LibraryFile {
  readonly name: string;
  readonly contentType: string;
  /** The recipe for rendering the file on another thread. */
  readonly rendered: RenderedFile;
  /**
   * The source that makes the file while it is read; undefined if making the file would block the thread for too
   * long.
   */
  readonly content: ByteSource | undefined;
  /** The entity tag, which is the same for the same bytes. */
  readonly etag: string;
}

export interface VersionFileDeps extends FinishedAudioDeps {
  readonly databases: OpenDatabases;
}

export interface FileVersion {
  readonly id: string;
  readonly number: number;
  readonly prompt: string;
  readonly instruction: string | null;
  readonly title: string;
  readonly projectName: string;
  readonly createdAt: string;
  readonly durationMs: number | null;
  readonly madeBy: string | null;
  readonly storage: string;
  readonly objectBytes: number | null;
  readonly state: GenerationState;
}

/**
 * Throws NOT_FOUND if the version is missing or deleted, or if the account of its user is closed. Throws CONFLICT if
 * the version is still being made or has no sound, and CONTENT_DAMAGED if the sound is damaged. The caller must check
 * the permission.
 */
export async function readVersionFile(
  deps: VersionFileDeps,
  business: Business,
  versionId: string,
  format: FileFormat,
): Promise<LibraryFile> {
  const version = await deps.databases.use(business.id, (database) =>
    fileVersions(database).where("v.id", "=", versionId).executeTakeFirst(),
  );
  if (!version) throw notFound("version");
  const made = await versionSound(deps, business, version, format, await signingKeyOf(business));
  if (!made) {
    throw new AppError("CONFLICT", "This version has no sound.", {
      hint: "The generation was stopped before any sound was made.",
    });
  }
  const { sound, read, sign } = made;
  const recipe = { kind: "sound", sound } as const;
  const sounds = {
    read: (_: number, start: number) => read(start),
    sign: (_: number, sha256: Uint8Array) => sign(sha256),
  };
  const content = await fileOf(recipe, sounds);
  const etag = etagOf([format, tagsOf(version), content.bytes]);
  return {
    name: fileNameOf(nameOf(version), format),
    contentType: contentTypes[format],
    rendered: { name: renderedNameOf(etag), bytes: content.bytes, recipe, sounds },
    content: format === "wav" ? undefined : content,
    etag,
  };
}

const contentTypes = { mp3: "audio/mpeg", wav: "audio/wav" } as const;

/** Selects versions, except those in the trash, those of deleted tracks and those of closed accounts. */
export const fileVersions = (database: BusinessDatabase) =>
  everyFileVersion(database)
    .innerJoin("users as u", "u.id", "v.userId")
    .where("v.deletedAt", "is", null)
    .where("t.deletedAt", "is", null)
    .where("u.deleteAfter", "is", null);

/** Selects all versions, including those in the trash, of deleted tracks and of closed accounts. */
export const everyFileVersion = (database: BusinessDatabase) =>
  database.kysely
    .selectFrom("versions as v")
    .innerJoin("tracks as t", "t.id", "v.trackId")
    .innerJoin("projects as p", "p.id", "t.projectId")
    .innerJoin("generations as g", "g.versionId", "v.id")
    .select([
      "v.id",
      "v.number",
      "v.prompt",
      "v.instruction",
      "t.title",
      "p.name as projectName",
      "v.createdAt",
      "v.durationMs",
      "v.madeBy",
      "v.storage",
      "v.objectBytes",
      "g.state",
    ]);

/** Returns the name of a version. The first version has the track's name without a number. */
export const nameOf = ({ title, number }: Pick<FileVersion, "title" | "number">): string =>
  number === 1 ? title : `${title} (version ${number})`;

/** Returns an entity tag: 22 characters of a hash of `facts`, followed by `end`. */
export const etagOf = (facts: unknown, end = ""): string =>
  `"${createHash("sha256").update(JSON.stringify(facts)).digest("base64url").slice(0, 22)}${end}"`;

/** The hashes of the audio in MP3 files, by the id of the version. Hashes stay valid: finished audio doesn't change. */
const audioHashes = new LRUCache<string, Uint8Array>({ max: 10_000 });

/** Returns the name of the rendered file, which is its entity tag without the quotes. */
export const renderedNameOf = (etag: string): string => etag.replaceAll('"', "");

export interface VersionSound {
  readonly sound: SoundRecipe;
  read(start: number): AsyncIterable<Uint8Array>;
  sign(sha256: Uint8Array): Promise<string>;
}

/**
 * Returns the sound of a version, or undefined if the version has no sound. Throws CONFLICT if the version is still
 * being made, and CONTENT_DAMAGED if the sound is damaged.
 */
export async function versionSound(
  deps: VersionFileDeps,
  business: Business,
  version: FileVersion,
  format: FileFormat,
  key: SigningKey,
): Promise<VersionSound | undefined> {
  if (version.storage === "damaged") {
    throw new AppError("CONTENT_DAMAGED", "The stored sound of this version is damaged.");
  }
  const stored = await finishedAudio(deps, {
    businessId: business.id,
    versionId: version.id,
    objectBytes: version.storage === "stored" ? Number(version.objectBytes) : undefined,
  });
  if (!stored) return undefined;
  const sound = await untagged(stored);
  // The stored MP3 of a piece that was stopped, or that started without a known length, doesn't declare the right
  // length. The downloaded file does.
  const isOpen = version.state !== "complete" || (await isWithoutLength(sound));
  const audio = isOpen ? await endedMp3(sound) : sound;
  const tags = tagsOf(version);
  const { createdAt, sourceType } = tags;
  const claims = { format, versionId: version.id, businessId: business.id, createdAt, sourceType };
  const known = audioHashes.get(version.id);
  return {
    sound: {
      format,
      tags,
      audioBytes: audio.bytes,
      signatureCharacters: signatureCharacters(key, claims),
      ...(known === undefined ? {} : { sha256: known }),
    },
    read: (start) => audio.read(start),
    sign(sha256) {
      if (format === "mp3") audioHashes.set(version.id, sha256);
      return signSound(key, claims, sha256);
    },
  };
}

/**
 * Returns the tags of the file. `sourceType` depends on the generator: the built-in generator composes by rules, and
 * every other generator is a trained model.
 */
export const tagsOf = (version: FileVersion): TrackTags => ({
  title: version.title,
  prompt: version.prompt,
  ...(version.instruction === null ? {} : { instruction: version.instruction }),
  projectName: version.projectName,
  versionId: version.id,
  versionNumber: version.number,
  createdAt: version.createdAt,
  ...(version.durationMs === null ? {} : { durationMs: version.durationMs }),
  sourceType: version.madeBy === "builtin" ? "algorithmicMedia" : "trainedAlgorithmicMedia",
});
