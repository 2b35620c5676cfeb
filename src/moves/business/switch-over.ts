// Runs the last steps of the move of a business to another database. While writes are paused, the remaining changes are
// copied, and the business is switched to the other database.
import { setTimeout } from "node:timers/promises";
import { AppError } from "../../errors.ts";
import type { CopyTable } from "../../ports/database/table-copy.ts";
import { catchUp, catchUpAlmost, compareCounts } from "./copy/catch-up.ts";
import type { CopyEnds } from "./copy/copy-table.ts";
import type { HeldMove } from "./move-record.ts";
import type { OnMoveEvent } from "./progress.ts";

export interface SwitchOver {
  readonly ends: CopyEnds;
  readonly tables: readonly CopyTable[];
  readonly move: HeldMove;
  readonly actor: string;
  /**
   * The time in milliseconds after which every process has noticed that the business is being moved. The business is
   * not switched to the other database before this time.
   */
  readonly announceMs: number;
  readonly onEvent: OnMoveEvent;
}

/**
 * The maximum pause of writes in milliseconds. If this process dies before `seal` makes the pause permanent, writes are
 * possible again after this time.
 */
const pauseMsMax = 10_000;

/**
 * Returns the length of the pause of writes in milliseconds. Throws UNAVAILABLE if copying the last changes took longer
 * than the maximum pause. Throws CONFLICT if the two databases differ. After an error before the switch, the business
 * stays on its present database.
 */
export async function switchOver(switching: SwitchOver): Promise<number> {
  const { ends, tables, move, actor, announceMs, onEvent } = switching;
  const { from, to } = ends;
  onEvent({ event: "step", step: "wait" });
  await catchUpAlmost(ends, tables);
  const { changedAtMs } = await move.read();
  await setTimeout(Math.max(0, Math.min(announceMs, changedAtMs + announceMs - Date.now())));
  await catchUpAlmost(ends, tables);

  onEvent({ event: "step", step: "pause" });
  const pausedAt = performance.now();
  await from.log.pause(tables, pauseMsMax);
  await catchUp(ends, tables);
  await compareCounts(ends, tables);
  await to.writer.enforce(tables);
  // From now on the other database logs its writes, so that they aren't lost if the business moves back.
  await to.log.start(tables);
  await to.log.resume();
  if (!(await from.log.seal(tables))) throw pauseExpired();
  await move.swap(actor);
  const pauseMs = performance.now() - pausedAt;
  onEvent({ event: "step", step: "switch" });
  return pauseMs;
}

const pauseExpired = (): AppError =>
  new AppError("UNAVAILABLE", "The last changes could not be copied within the pause of writes.", {
    hint: "Run the command again at a time with fewer writes.",
    retryAfterSeconds: 60,
  });
