// Detects that a generation was cancelled, deleted or claimed by another worker while its generator sends no chunk.
import type { BusinessDatabase } from "../../businesses/databases/open-databases.ts";
import type { ChunkStore, StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { HandOverError } from "../../ports/generator/generator.ts";
import { type Claimed, noLongerOurs } from "../generation-record.ts";

const checkEveryMs = 250;

export interface WatchForLossDeps {
  readonly chunkStore: Pick<ChunkStore, "watch">;
  readonly database: BusinessDatabase;
}

/**
 * Aborts `stop` soon after this run has lost the generation. If another worker has claimed the generation, the reason
 * of the abort is a HandOverError. If the generation is no longer running (it was cancelled or deleted, for example),
 * the reason is PRODUCER_FENCED. A cancellation, for example, closes the audio stream. So this function reads the
 * database when the chunk store reports a change of this stream, but at most once in `checkEveryMs`. The watch ends when
 * `stop` is aborted.
 */
export function watchForLoss(
  { chunkStore, database }: WatchForLossDeps,
  claimed: Claimed,
  audio: StreamKey,
  stop: AbortController,
): void {
  let isWaiting = false;
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  const check = async (): Promise<void> => {
    isWaiting = false;
    checkedAtMs = performance.now();
    if (stop.signal.aborted) return;
    const row = await database.kysely
      .selectFrom("generations")
      .select(["state", "epoch"])
      .where("id", "=", claimed.id)
      .executeTakeFirst();
    if (row?.state !== "running") stop.abort(noLongerOurs());
    else if (row.epoch !== claimed.epoch) stop.abort(new HandOverError("Another worker has claimed it."));
  };
  const changed = (): void => {
    if (isWaiting || stop.signal.aborted) return;
    isWaiting = true;
    const waitMs = Math.max(0, checkedAtMs + checkEveryMs - performance.now());
    // A failed check is repeated after the stream's next change. In addition, the run detects the loss when it writes.
    setTimeout(() => void check().catch(() => undefined), waitMs);
  };
  chunkStore.watch(audio, changed, stop.signal);
}
