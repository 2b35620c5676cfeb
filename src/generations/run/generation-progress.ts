// Reports the progress while a generation runs. Each chunk gets one event: an event that an interrupted earlier run has
// sent is not sent again. The row of the generation is updated at most twice a second, and only for chunks that no
// earlier run stored.
import type { BusinessDatabase } from "../../businesses/databases/open-databases.ts";
import type { GeneratedChunk } from "../../ports/generator/generator.ts";
import type { GenerationEvent } from "../generation-events.ts";
import { type Claimed, saveProgress } from "../generation-record.ts";
import type { Making } from "./making.ts";
import { secondsLeftOf } from "../queue/seconds-left.ts";

const progressEveryMs = 500;

export function createProgress(
  database: BusinessDatabase,
  claimed: Claimed,
  { generation, reportedMs = 0, tell }: Pick<Making, "generation" | "reportedMs" | "tell">,
) {
  let savedAtMs = performance.now();
  const { startedAt } = claimed;
  const { isEndless, durationMs } = generation.plan;
  const plannedMs = isEndless === true ? null : durationMs;
  return {
    /** `isNew` is true if no earlier run stored the bytes of the chunk. */
    async add(chunk: GeneratedChunk, { isNew }: { readonly isNew: boolean }): Promise<void> {
      const generatedMs = Math.round(chunk.startMs + chunk.durationMs);
      const row = { state: "running", startedAt, generatedMs, plannedMs } as const;
      if (generatedMs > reportedMs)
        await tell(progressOf(chunk, generatedMs, secondsLeftOf(row, Date.now())));
      if (!isNew || performance.now() - savedAtMs < progressEveryMs) return;
      savedAtMs = performance.now();
      await saveProgress(database, claimed, generatedMs);
    },
  };
}

const progressOf = (
  chunk: GeneratedChunk,
  generatedMs: number,
  secondsLeft: number | null,
): GenerationEvent => ({
  type: "progress",
  at: new Date().toISOString(),
  startMs: Math.round(chunk.startMs),
  generatedMs,
  ...(secondsLeft === null ? {} : { secondsLeft }),
  ...(chunk.section === undefined ? {} : { section: chunk.section }),
  ...(chunk.bar === undefined ? {} : { bar: chunk.bar }),
  ...(chunk.bars === undefined || chunk.bars.length === 0 ? {} : { bars: chunk.bars }),
  peaks: Buffer.from(chunk.peaks.buffer, chunk.peaks.byteOffset, chunk.peaks.byteLength).toString("base64"),
});
