// Defines the cases for DELETE /generate/{requestId}.
import { group } from "../check-case.ts";
import type { CheckContext } from "../context.ts";
import { expectThat } from "../mismatch.ts";
import { waitUntil } from "../wait.ts";

const hint =
  "Check a stop flag at each step of the generation; DELETE sets the flag and answers immediately.";

async function expect204(ctx: CheckContext, requestId: string): Promise<void> {
  const { status } = await ctx.far.call("DELETE", `/generate/${requestId}`);
  expectThat(status === 204, "204", `${status}`);
}

export const cancelCases = group("cancel", {
  unknown: {
    title: "DELETE of an unknown requestId answers 204",
    hint: "Answer 204 for an unknown requestId, too: a caller that cancels a piece does not have to know whether the piece exists.",
    run: (ctx) => expect204(ctx, crypto.randomUUID()),
  },
  ended: {
    title: "DELETE of a piece that has ended answers 204",
    hint: "Answer 204 in every state of the piece.",
    run: async (ctx) => {
      const { started } = await ctx.piece();
      await expect204(ctx, started.requestId);
    },
  },
  twice: {
    title: "DELETE may be repeated",
    hint: "Answer 204 each time.",
    run: async (ctx) => {
      const { long } = await ctx.lengths();
      const started = await ctx.start({ seconds: long });
      started.expectAccepted();
      await expect204(ctx, started.requestId);
      await expect204(ctx, started.requestId);
    },
  },
  "body-ends": {
    title: "a body ends within a second after DELETE",
    delivery: "body",
    hint,
    run: async (ctx) => {
      const { long } = await ctx.lengths();
      const started = await ctx.start({ delivery: "body", seconds: long });
      started.expectAccepted();
      await started.firstBytes();
      const ended = started.drain();
      await expect204(ctx, started.requestId);
      const limit = Bun.sleep(1000).then(() => undefined);
      const end = await Promise.race([ended, limit]);
      expectThat(end !== undefined, "the end of the body within a second", "more of it");
    },
  },
  "stream-ends": {
    title: "the appends end within a second after DELETE, and the stream is not closed as complete",
    delivery: "stream",
    hint,
    run: async (ctx) => {
      const { long } = await ctx.lengths();
      const prepared = await ctx.prepare({ delivery: "stream", seconds: long });
      const stream = prepared.stream!;
      // Each append is answered after 100 ms, so that even a fast generator is still running when DELETE is sent.
      stream.delayMs = 100;
      const started = await ctx.send(prepared);
      started.expectAccepted();
      await started.firstBytes();
      await expect204(ctx, started.requestId);
      await Bun.sleep(1000);
      const count = stream.appends.length;
      await Bun.sleep(700);
      const late = stream.appends.length - count;
      expectThat(late === 0, "no more appends", `${late} more`);
      expectThat(!stream.isClosed, "a stream that is not closed", "a closed stream");
    },
  },
  "frees-slot": {
    title: "the slot is free within a second after DELETE",
    hint,
    run: async (ctx) => {
      const { long } = await ctx.lengths();
      const before = await ctx.health();
      const started = await ctx.start({ seconds: long });
      started.expectAccepted();
      await started.firstBytes();
      await expect204(ctx, started.requestId);
      const isFree = await waitUntil(async () => {
        const { free, queued } = await ctx.health();
        return free >= before.free && queued <= before.queued;
      }, 1200);
      expectThat(isFree, `${before.free} free slots, as before`, `${(await ctx.health()).free}`);
    },
  },
  others: {
    title: "DELETE of one piece does not affect the other pieces",
    hint: "Cancel by requestId, not by business or user.",
    run: async (ctx) => {
      const { long } = await ctx.lengths();
      const kept = await ctx.start();
      kept.expectAccepted();
      const cancelled = await ctx.start({ seconds: long });
      await cancelled.cancel();
      await kept.audio();
    },
  },
});
