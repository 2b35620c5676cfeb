// Defines the cases of `rondo generator check` that send a requestId twice. Both requests refer to the same generation.
import { group } from "../check-case.ts";
import type { CheckContext } from "../context.ts";
import { expectThat } from "../mismatch.ts";
import { expectProblem, type Started } from "../started.ts";

const hint =
  "Remember each requestId for ten minutes after the end of its generation. If a request repeats a requestId, don't start a second generation: use the first one for the answer.";

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** Sends the same request twice. The second request is sent right after the answer to the first. */
async function twice(ctx: CheckContext): Promise<readonly [Started, Started]> {
  const first = await ctx.start({ delivery: "body" });
  first.expectAccepted();
  const second = await ctx.send(first);
  second.expectAccepted();
  return [first, second];
}

export const idCases = group("ids", {
  "body-twice": {
    title: "two concurrent requests with the same requestId get the same audio",
    delivery: "body",
    hint,
    run: async (ctx) => {
      const [first, second] = await twice(ctx);
      const [one, other] = await Promise.all([first.audio(), second.audio()]);
      expectThat(isSame(one, other), "the same bytes", `${one.length} and ${other.length} bytes that differ`);
    },
  },
  "body-one-slot": {
    title: "two concurrent requests with the same requestId take one slot",
    delivery: "body",
    hint,
    run: async (ctx) => {
      const { long } = await ctx.lengths();
      const before = await ctx.health();
      const first = await ctx.start({ delivery: "body", seconds: long });
      first.expectAccepted();
      const second = await ctx.send(first);
      second.expectAccepted();
      const after = await ctx.health();
      const taken = before.free - after.free + after.queued - before.queued;
      expectThat(taken <= 1, "one generation at most in /health", `${taken}`);
    },
  },
  "body-again": {
    title: "a request with the requestId of an ended generation gets the same audio again",
    delivery: "body",
    hint,
    run: async (ctx) => {
      const { started, bytes } = await ctx.piece("body");
      const again = await ctx.send(started);
      again.expectAccepted();
      expectThat(isSame(bytes, await again.audio()), "the same bytes as the first time", "other bytes");
    },
  },
  "other-request": {
    title: "another prompt with a known requestId makes no second piece",
    delivery: "body",
    hint: "Refuse it with 409, or give the audio of the first request.",
    run: async (ctx) => {
      const { started, bytes } = await ctx.piece("body");
      const other = await ctx.send({
        ...started,
        body: { ...started.body, prompt: "loud brass fanfare", seed: 8 },
      });
      if (!other.answer.ok) return expectProblem(other.answer, [400, 409, 422]);
      expectThat(isSame(bytes, await other.audio()), "the first piece, or 409", "another piece");
    },
  },
  "stream-twice": {
    title: "the audio of two requests with the same requestId is appended once",
    delivery: "stream",
    hint,
    run: async (ctx) => {
      const first = await ctx.start({ delivery: "stream" });
      first.expectAccepted();
      const second = await ctx.send(first);
      second.expectAccepted();
      await first.audio();
      await Bun.sleep(300);
      const repeated = (first.stream?.appends ?? []).filter(({ isStored }) => !isStored);
      expectThat(repeated.length === 0, "each append once", `${repeated.length} appends too many`);
    },
  },
  "mongodb-twice": {
    title: "the audio of two requests with the same requestId is stored once",
    delivery: "mongodb",
    hint,
    run: async (ctx) => {
      const first = await ctx.start({ delivery: "mongodb" });
      first.expectAccepted();
      const second = await ctx.send(first);
      second.expectAccepted();
      await first.audio();
      // A second generation could still be storing documents, so wait until no document has arrived for 1.5 seconds.
      for (let count = -1; count !== (await first.documents!.documents()).length;) {
        count = (await first.documents!.documents()).length;
        await Bun.sleep(1500);
      }
      const documents = await first.documents!.documents();
      const ends = documents.filter(({ end }) => end === true).length;
      const { started } = await ctx.piece("mongodb");
      const once = (await started.documents!.documents()).length;
      const isOnce = ends === 1 && documents.length <= once + 1;
      expectThat(isOnce, `about ${once} documents with one end`, `${documents.length} with ${ends} ends`);
    },
  },
});
