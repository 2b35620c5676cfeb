// Limits the concurrent generations of a generator. Further generations wait for a slot.
import type { Generation, Generator } from "../ports/generator/generator.ts";
import type { Slots } from "./slots.ts";

/**
 * `start` waits for a slot. The slot becomes free when the iteration over the chunks ends (after the last chunk, early,
 * or with an error), when `start` fails, or when `signal` is aborted. If nobody begins the iteration, only an abort
 * frees the slot.
 */
export const withSlots = (generator: Generator, slots: Slots): Generator => ({
  ...generator,
  async start(request, signal) {
    const giveBack = await slots.take(request.businessId, signal);
    signal.addEventListener("abort", giveBack, { once: true });
    try {
      const generation = await generator.start(request, signal);
      return { ...generation, chunks: until(generation, giveBack) };
    } catch (err) {
      giveBack();
      throw err;
    }
  },
});

async function* until({ chunks }: Generation, giveBack: () => void) {
  try {
    yield* chunks;
  } finally {
    giveBack();
  }
}
