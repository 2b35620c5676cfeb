// What the list shows of a piece that was just asked for, before the server lists it.
import type { StartedGeneration, TrackSummary } from "../lib/wire.ts";

/** The prompt's first line stands in until the composer has found a title. */
export function titleOf(prompt: string): string {
  const line = prompt.trim().split("\n")[0]!;
  return line.length > 60 ? `${line.slice(0, 59).trimEnd()}…` : line;
}

export function newTrack(
  started: StartedGeneration,
  title: string,
  prompt: string,
  durationSeconds: number,
): TrackSummary {
  const createdAt = new Date().toISOString();
  return {
    id: started.trackId,
    title,
    createdAt,
    versions: [
      {
        id: started.versionId,
        number: 1,
        prompt,
        durationMs: durationSeconds * 1000,
        peaks: null,
        createdAt,
        state: "queued",
        requestId: started.requestId,
      },
    ],
  };
}
