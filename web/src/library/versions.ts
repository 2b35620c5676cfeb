// What the page says of versions: which one a piece plays, where one comes from, and what became of an instruction.
import type { StartedVersion, TrackSummary, VersionSummary } from "../lib/wire.ts";

/** The version a list plays: the newest that didn't fail. */
export function latestVersion(track: TrackSummary): VersionSummary | undefined {
  const newestFirst = [...track.versions].sort((a, b) => b.number - a.number);
  return newestFirst.find((one) => one.state !== "failed") ?? newestFirst[0];
}

/** What was asked for: the instruction, or the prompt that it all began with. */
export const askedFor = (version: VersionSummary): string => version.instruction ?? version.prompt;

/** "from 2"; nothing for what was made from a prompt. */
export function lineageOf(version: VersionSummary, track: TrackSummary): string | undefined {
  if (!version.parentId) return undefined;
  const parent = track.versions.find((one) => one.id === version.parentId);
  return parent ? `from ${parent.number}` : "from one that is gone";
}

/** What the composer made of an instruction, in sentences. */
export function revisionWords({
  understood,
  notUnderstood,
}: Pick<StartedVersion, "understood" | "notUnderstood">): string {
  const missed = notUnderstood.map((part) => `“${part}”`).join(", ");
  return `Understood: ${understood.join(", ")}.${missed && ` Not understood: ${missed}.`}`;
}
