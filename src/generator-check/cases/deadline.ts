// Defines the cases for the deadline of a request.
import { group } from "../check-case.ts";
import { expectThat } from "../mismatch.ts";
import { expectProblem } from "../started.ts";

const hint = "Stop the generation at the deadline, as after a cancellation.";
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

export const deadlineCases = group("deadline", {
  past: {
    title: "a request whose deadline has passed is refused with 400 or 422",
    hint: "Compare the deadline with your clock before you start the generation.",
    run: async (ctx) => {
      const { answer } = await ctx.send(await ctx.prepare({ body: { deadline: inSeconds(-3600) } }));
      await expectProblem(answer, [400, 422]);
    },
  },
  future: {
    title: "a deadline that is an hour away has no effect",
    hint: "The field deadline contains a time in UTC, in the format of RFC 3339: 2026-01-31T12:00:00.000Z.",
    run: async (ctx) => {
      const started = await ctx.start({ body: { deadline: inSeconds(3600) } });
      started.expectAccepted();
      await started.audio();
    },
  },
  body: {
    title: "a body ends within a second after its deadline",
    delivery: "body",
    hint,
    run: async (ctx) => {
      const { long } = await ctx.lengths();
      const until = performance.now() + 3000;
      const started = await ctx.start({ delivery: "body", seconds: long, body: { deadline: inSeconds(2) } });
      if (!started.answer.ok) return expectProblem(started.answer, [400, 422, 500, 503, 504]);
      const end = await Promise.race([
        started.drain(),
        Bun.sleep(Math.max(0, until - performance.now())).then(() => undefined),
      ]);
      expectThat(end !== undefined, "the end of the body 3 s after the request", "more of it");
    },
  },
  stream: {
    title: "no append arrives later than a second after the deadline",
    delivery: "stream",
    hint,
    run: async (ctx) => {
      const { long } = await ctx.lengths();
      const body = { deadline: inSeconds(2) };
      const prepared = await ctx.prepare({ delivery: "stream", seconds: long, body });
      const stream = prepared.stream!;
      stream.delayMs = 200;
      const until = performance.now() + 3000;
      (await ctx.send(prepared)).expectAccepted();
      await Bun.sleep(Math.max(0, until - performance.now()));
      const count = stream.appends.length;
      await Bun.sleep(700);
      const late = stream.appends.length - count;
      expectThat(late === 0, "no more appends", `${late} more`);
    },
  },
});
