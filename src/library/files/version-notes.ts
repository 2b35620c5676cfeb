// Makes the file of a version's notes for download, from the stored plan of the built-in composer. The file needs no sound.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import type { NotationFormat } from "../../composer/notation/piece-file.ts";
import { type MusicSpec, parseSpec } from "../../composer/spec.ts";
import { AppError, isAppError, notFound } from "../../errors.ts";
import { fileNameOf } from "./formats/file-name.ts";
import { madeWith, sourceTypeUri } from "./formats/track-tags.ts";
import type { LibraryThreads } from "./threads/library-threads.ts";
import { etagOf, fileVersions, type FileVersion, nameOf } from "./version-file.ts";

export interface VersionNotes {
  readonly name: string;
  readonly contentType: string;
  readonly etag: string;
  /** Writes the file on another thread. */
  write(signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

export interface VersionNotesDeps {
  readonly databases: OpenDatabases;
  readonly threads: Pick<LibraryThreads, "run">;
}

/** Increased when the same plan gives other bytes, so that clients replace their copies. */
const writerVersion = 1;

/**
 * Throws NOT_FOUND for a missing or deleted version, and CONFLICT for one that is not complete or
 * was not made by the built-in composer. The caller checks the permission.
 */
export async function readVersionNotes(
  { databases, threads }: VersionNotesDeps,
  businessId: string,
  versionId: string,
  format: NotationFormat,
): Promise<VersionNotes> {
  const version = await databases.use(businessId, (database) =>
    fileVersions(database).select("v.spec").where("v.id", "=", versionId).executeTakeFirst(),
  );
  if (!version) throw notFound("version");
  refuseUnfinished(version);
  const spec = planOf(version.spec);
  const title = nameOf(version);
  const heading = {
    title,
    remarks: [`Made with ${madeWith}, version ${versionId}.`, sourceTypeUri("algorithmicMedia")],
  };
  return {
    name: fileNameOf(title, extensions[format]),
    contentType: contentTypes[format],
    etag: etagOf([format, writerVersion, heading, spec]),
    write: async (signal) =>
      (await threads.run({ kind: "notes", spec, format, heading }, {}, signal)) as Uint8Array<ArrayBuffer>,
  };
}

const extensions: Readonly<Record<NotationFormat, string>> = {
  midi: "mid",
  abc: "abc",
  musicxml: "musicxml",
};
const contentTypes: Readonly<Record<NotationFormat, string>> = {
  midi: "audio/midi",
  abc: "text/vnd.abc; charset=utf-8",
  musicxml: "application/vnd.recordare.musicxml+xml",
};

/** A piece that ended early has notes in its plan that were never heard. */
function refuseUnfinished({ state }: Pick<FileVersion, "state">): void {
  if (state === "complete") return;
  if (state === "failed" || state === "cancelled") {
    throw new AppError("CONFLICT", "This version was not finished, so its notes can't be downloaded.", {
      hint: "Download its sound as MP3 or WAV, or make the piece again.",
    });
  }
  throw new AppError("CONFLICT", "This version is still being made.", {
    hint: "Listen to it meanwhile, and download it when it is finished.",
    retryAfterSeconds: 5,
  });
}

/** The plan is JSON text or, on Postgres, its value. */
function planOf(stored: unknown): MusicSpec {
  try {
    return parseSpec(typeof stored === "string" ? JSON.parse(stored) : stored);
  } catch (err) {
    if (!isAppError(err, "INVALID_PARAMETER")) throw err;
    throw new AppError("CONFLICT", "The notes of this version are not known.", {
      hint: "Only pieces of the built-in composer can be downloaded as notes. Download the sound as MP3 or WAV.",
      cause: err,
    });
  }
}
