// Does the same for several businesses, a few at a time, each with a limit of time: one that fails or hangs keeps no other.
import { AppError } from "../errors.ts";

export interface EachByItself<Item> {
  /** Work of one name that has not ended, though nobody waits for it any more, is not begun a second time. */
  readonly nameOf: (item: Item) => string;
  /** Then its signal ends; what does not heed it is no longer waited for. */
  readonly limitMs: number;
  readonly work: (item: Item, signal: AbortSignal) => Promise<void>;
  /** It threw, or took too long: UNAVAILABLE. Not called once `signal` has ended. */
  readonly failed: (item: Item, err: unknown) => Promise<void>;
}

const atATime = 4;
/** After its limit, for work that heeds the signal. */
const stopMsMax = 2_000;

const hanging = new Set<string>();

/** Rejects only where `failed` does. */
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
