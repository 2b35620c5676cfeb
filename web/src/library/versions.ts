// Finds the version of a piece that is shown and played by default, and writes texts about
// versions, such as "from 2" for a version that was made from version 2.
import { t } from "../i18n/translate.ts";
import type { TrackSummary, VersionSummary } from "../api/wire.ts";

/**
 * The version that is shown and played by default: the newest version that didn't fail, or the
 * newest version if all failed. Undefined if the piece has no versions.
 */
export function latestVersion(track: TrackSummary): VersionSummary | undefined {
  const newestFirst = [...track.versions].sort((a, b) => b.number - a.number);
  return newestFirst.find((one) => one.state !== "failed") ?? newestFirst[0];
}

/** The instruction from which the version was made. If there is none, the prompt of the version. */
export const askedFor = (version: VersionSummary): string => version.instruction ?? version.prompt;

/** Returns a text that names the parent version, such as "from 2"; undefined without a parent. */
export function lineageOf(version: VersionSummary, track: TrackSummary): string | undefined {
  if (!version.parentId) return undefined;
  const parent = track.versions.find((one) => one.id === version.parentId);
  return parent ? t("from {n}", { n: parent.number }) : t("from a deleted version");
}
