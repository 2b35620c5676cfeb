// Makes the list entry for a new piece or a new version. The entry is shown until the server lists
// the piece or the version.
import type { Length } from "../api/api.ts";
import type { StartedGeneration, TrackSummary, VersionSummary } from "../api/wire.ts";

/**
 * Returns the title of a piece for which the composer has not chosen a title yet: the first line of
 * the prompt, shortened to at most 60 characters.
 */
export function titleOf(prompt: string): string {
  const line = prompt.trim().split("\n")[0]!;
  return line.length > 60 ? `${line.slice(0, 59).trimEnd()}…` : line;
}

export function newTrack(
  started: StartedGeneration,
  title: string,
  prompt: string,
  durationSeconds: Length,
): TrackSummary {
  const createdAt = new Date().toISOString();
  const { trackId: id, projectId, versionId, requestId } = started;
  const first: VersionSummary = {
    ...{ id: versionId, requestId, number: 1, parentId: null, prompt, instruction: null, createdAt },
    ...{
      durationMs: durationSeconds === "endless" ? null : durationSeconds * 1000,
      peaks: null,
      state: "queued",
    },
  };
  return { id, title, projectId, projectName: "", createdAt, versions: [first] };
}

export function newVersion(
  { versionId, requestId }: StartedGeneration,
  parent: VersionSummary,
  instruction: string,
  number: number,
): VersionSummary {
  return {
    ...{ id: versionId, requestId, number, parentId: parent.id, prompt: parent.prompt, instruction },
    ...{ durationMs: parent.durationMs, peaks: null, createdAt: new Date().toISOString(), state: "queued" },
  };
}
