// Finds the version of a piece that a list plays, and writes texts about versions, such as "from 2" for a version that
// was made from version 2.
import { t } from "../i18n/translate.ts";
import type { TrackSummary, VersionSummary } from "../api/wire.ts";

/** The version that a list plays: the newest one that didn't fail, or the newest one if all failed. */
export function latestVersion(track: TrackSummary): VersionSummary | undefined {
  const newestFirst = [...track.versions].sort((a, b) => b.number - a.number);
  return newestFirst.find((one) => one.state !== "failed") ?? newestFirst[0];
}

/** The instruction of a version, or the prompt of the first version. */
export const askedFor = (version: VersionSummary): string => version.instruction ?? version.prompt;

/** Returns a text that names the parent version, such as "from 2"; undefined for a version made from a prompt. */
export function lineageOf(version: VersionSummary, track: TrackSummary): string | undefined {
  if (!version.parentId) return undefined;
  const parent = track.versions.find((one) => one.id === version.parentId);
  return parent ? t("from {n}", { n: parent.number }) : t("from a deleted version");
}
