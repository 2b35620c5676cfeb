// Reports the progress of a run: in an event for each chunk that no earlier run reported, and in the row twice a second.
import type { BusinessDatabase } from "../businesses/databases/open-databases.ts";
import type { GeneratedChunk } from "../ports/generator/generator.ts";
import type { GenerationEvent } from "./generation-events.ts";
import { type Claimed, saveProgress } from "./generation-record.ts";
import type { Making } from "./making.ts";

const progressEveryMs = 500;

export function createProgress(
  database: BusinessDatabase,
  claimed: Claimed,
  { reportedMs = 0, tell }: Pick<Making, "reportedMs" | "tell">,
) {
  let savedAtMs = performance.now();
  return {
    /** `isNew`: its bytes were not stored by an earlier run. */
    async add(chunk: GeneratedChunk, { isNew }: { readonly isNew: boolean }): Promise<void> {
      const generatedMs = Math.round(chunk.startMs + chunk.durationMs);
      if (generatedMs > reportedMs) await tell(progressOf(chunk, generatedMs));
      if (!isNew || performance.now() - savedAtMs < progressEveryMs) return;
      savedAtMs = performance.now();
      await saveProgress(database, claimed, generatedMs);
    },
  };
}

const progressOf = (chunk: GeneratedChunk, generatedMs: number): GenerationEvent => ({
  type: "progress",
  at: new Date().toISOString(),
  startMs: Math.round(chunk.startMs),
  generatedMs,
  ...(chunk.section === undefined ? {} : { section: chunk.section }),
  ...(chunk.bar === undefined ? {} : { bar: chunk.bar }),
  peaks: Buffer.from(chunk.peaks.buffer, chunk.peaks.byteOffset, chunk.peaks.byteLength).toString("base64"),
});
