// Reads the composer's plan of a finished version. The notes and the stems of the version are made from this plan.
import type { OpenDatabases } from "../../businesses/databases/open-databases.ts";
import { type MusicSpec, parseSpec } from "../../composer/spec.ts";
import { AppError, isAppError, notFound } from "../../errors.ts";
import { fileVersions, type FileVersion } from "./version-file.ts";

/**
 * Throws NOT_FOUND if the version is missing or deleted. Throws CONFLICT if the version is not complete, is endless, or
 * was not made by the built-in composer.
 */
export async function readPlan(
  databases: OpenDatabases,
  businessId: string,
  versionId: string,
): Promise<{ readonly version: FileVersion; readonly spec: MusicSpec }> {
  const version = await databases.use(businessId, (database) =>
    fileVersions(database).select("v.spec").where("v.id", "=", versionId).executeTakeFirst(),
  );
  if (!version) throw notFound("version");
  refuseUnfinished(version);
  const spec = planOf(version.spec);
  if (spec.endlessSeconds !== undefined) throw withoutNotes();
  return { version, spec };
}

/**
 * Throws CONFLICT if the version is not complete. Notes can't be made for a piece that ended early, because the plan
 * has notes that were never played.
 */
function refuseUnfinished({ state }: Pick<FileVersion, "state">): void {
  if (state === "complete") return;
  if (state === "failed" || state === "cancelled") {
    throw new AppError(
      "CONFLICT",
      "This version was not finished, so its notes and stems can't be downloaded.",
      {
        hint: "Download its sound as MP3 or WAV, or make the piece again.",
      },
    );
  }
  throw new AppError("CONFLICT", "This version is still being made.", {
    hint: "Listen to it meanwhile, and download it when it is finished.",
    retryAfterSeconds: 5,
  });
}

/** Reads the stored plan: a JSON string on SQLite, or an already parsed value on Postgres. */
function planOf(stored: unknown): MusicSpec {
  try {
    return parseSpec(typeof stored === "string" ? JSON.parse(stored) : stored);
  } catch (err) {
    if (!isAppError(err, "INVALID_PARAMETER")) throw err;
    throw new AppError("CONFLICT", "The notes of this version are not known.", {
      hint: "Only pieces of the built-in composer can be downloaded as notes or stems. Download the sound as MP3 or WAV.",
      cause: err,
    });
  }
}

const withoutNotes = (): AppError =>
  new AppError("CONFLICT", "An endless piece can't be downloaded as notes or stems.", {
    hint: "Download its sound as MP3 or WAV.",
  });
