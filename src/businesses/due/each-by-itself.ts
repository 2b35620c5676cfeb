// Runs the same work for several businesses, a few at a time and each with a time limit. If the
// work for one business fails or hangs, the work for the other businesses goes on.
import { AppError } from "../../errors.ts";

export interface EachByItself<Item> {
  /**
   * Returns the name of the item. A process works on only one item with this name at a time, even if `eachByItself` is
   * called several times. A further item with this name fails at once with UNAVAILABLE.
   */
  readonly nameOf: (item: Item) => string;
  /**
   * After this time, in milliseconds, the signal of the work is aborted. If the work has not stopped `stopMsMax` later,
   * it counts as failed, although it may still be running.
   */
  readonly limitMs: number;
  readonly work: (item: Item, signal: AbortSignal) => Promise<void>;
  /** Called when the work threw or took too long (UNAVAILABLE). After an abort of all work, it is not called. */
  readonly failed: (item: Item, err: unknown) => Promise<void>;
}

const atATime = 4;
/**
 * After its time limit, work has this many milliseconds to stop (but at most `limitMs`). Then `failed` is called.
 */
const stopMsMax = 2_000;

const hanging = new Set<string>();

/**
 * Rejects only if `failed` rejects. When `signal` is aborted, no further work starts, and the signals of the work in
 * progress are aborted, too.
 */
export async function eachByItself<Item>(
  items: readonly Item[],
  each: EachByItself<Item>,
  signal: AbortSignal,
): Promise<void> {
  const next = items[Symbol.iterator]();
  const takeTurns = async () => {
    for (const item of next) {
      if (signal.aborted) return;
      try {
        await withinLimit(item, each, signal);
      } catch (err) {
        if (signal.aborted) return;
        await each.failed(item, err);
      }
    }
  };
  await Promise.all(Array.from({ length: atATime }, takeTurns));
}

async function withinLimit<Item>(
  item: Item,
  { nameOf, limitMs, work }: EachByItself<Item>,
  signal: AbortSignal,
): Promise<void> {
  const name = nameOf(item);
  if (hanging.has(name)) throw tookTooLong();
  hanging.add(name);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tookTooLong()), limitMs + Math.min(stopMsMax, limitMs));
  const pending = work(item, AbortSignal.any([signal, AbortSignal.timeout(limitMs)]));
  void pending.catch(() => undefined).then(() => hanging.delete(name));
  try {
    await Promise.race([pending, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const tookTooLong = () =>
  new AppError("UNAVAILABLE", "The stores of this business did not answer in time.", {
    hint: "Is its database running, and can it be reached?",
  });
