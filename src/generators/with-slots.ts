// A generator that makes so many generations at a time, and lets the others wait for their turn.
import type { Generation, Generator } from "../ports/generator/generator.ts";
import type { Slots } from "./slots.ts";

/** A place is taken from the start until the last chunk, a failure or an abort. */
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
