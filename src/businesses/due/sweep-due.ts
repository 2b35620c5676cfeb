// Sweeps the businesses with due work of one kind. If the sweep of one business fails or hangs, the failure is
// recorded, and the other businesses are still swept.
import type { Log } from "../../process/log.ts";
import type { BusinessFaults } from "./business-faults.ts";
import type { DueKind } from "../tables/control-schema.ts";
import { type DueBusiness, type DueWork, eachDue } from "./due-work.ts";
import { eachByItself } from "./each-by-itself.ts";
import { markHeldMs } from "../outbox/promising.ts";

export interface SweepDueDeps {
  readonly due: DueWork;
  readonly faults: BusinessFaults;
  readonly log: Pick<Log, "warn">;
}

export interface DueSweep {
  readonly kind: DueKind;
  /**
   * Work of this kind is never scheduled further ahead than this number of milliseconds. If the stored due time of a
   * business is further ahead, a clock was wrong when the time was stored. The business is then swept at once.
   */
  readonly furthestMs: number;
  /**
   * The time limit for one business, in milliseconds. Default: 60,000. At the limit, the signal of `sweepOne` is
   * aborted. `sweepOne` then has two seconds to return (or `limitMs`, if this is less). If it does not return in this
   * time, or if it throws, the sweep of this business has failed.
   */
  readonly limitMs?: number;
  /**
   * A business stays marked as due for at least this many milliseconds after a sweep first saw the mark. When a sweep
   * sees the mark, the transaction that creates the work can still be running, so the sweep can't see the work yet.
   * Default: `markHeldMs`.
   */
  readonly holdMs?: number;
  /**
   * Returns the time of the next work in milliseconds since 1970, or undefined if no work is left. If the sweep of a
   * business fails, the business is due again after 30 seconds. This wait doubles with each failure in a row, up to ten
   * minutes.
   */
  readonly sweepOne: (businessId: string, signal: AbortSignal) => Promise<number | undefined>;
}

const limitMsUsual = 60_000;
const retryMs = { first: 30_000, most: 600_000 };

/**
 * Sweeps each due business at most one time, and resolves when the last sweep has succeeded, failed or timed out. After
 * `signal` is aborted, no further sweep begins, and a business whose sweep was in progress stays due. Rejects only if
 * the control database fails.
 */
export async function sweepDue(
  { due, faults, log }: SweepDueDeps,
  { kind, furthestMs, limitMs = limitMsUsual, holdMs = markHeldMs, sweepOne }: DueSweep,
  signal: AbortSignal,
  nowMs = Date.now(),
): Promise<void> {
  const each = {
    limitMs,
    nameOf: ({ businessId }: DueBusiness) => `${kind}/${businessId}`,
    async work(business: DueBusiness, stop: AbortSignal) {
      const atMs = await sweepOne(business.businessId, stop);
      if (signal.aborted) return;
      await due.settle(business, { atMs, holdMs }, nowMs);
      await faults.clear(business.businessId, kind);
    },
    async failed(business: DueBusiness, err: unknown) {
      const { businessId, slug } = business;
      const count = await faults.note(businessId, kind, err);
      const putOffMs = Math.min(retryMs.first * 2 ** Math.min(count - 1, 20), retryMs.most);
      await due.putOff(business, nowMs + putOffMs);
      log.warn(
        { err, businessId, slug, sweep: kind, count },
        "a business could not be swept; the sweep of the others continues",
      );
    },
  };
  const seen = new Set<string>();
  for await (const listed of eachDue(due, kind, nowMs, furthestMs)) {
    if (signal.aborted) return;
    // A swept business may be due again at once, and is then listed again. This sweep skips the business, and the next
    // sweep checks it.
    const fresh = listed.filter(({ businessId }) => !seen.has(businessId));
    for (const { businessId } of fresh) seen.add(businessId);
    await eachByItself(fresh, each, signal);
  }
}
