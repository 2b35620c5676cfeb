// Defines the cases for a generator that appends its audio to a stream whose server fails or refuses further appends.
import { group } from "../check-case.ts";
import type { CheckContext } from "../context.ts";
import { expectThat, Mismatch } from "../mismatch.ts";
import { framesIn } from "../sound/mp3-frames.ts";
import type { StreamFault } from "../stream-receiver.ts";

/**
 * Accepts the first append, and answers the following appends with `faults`, one after the other. Expects that the
 * generator repeats the second append, after the wait of Retry-After if the first fault has one. Also expects that the
 * piece arrives whole.
 */
async function expectWholeAfter(ctx: CheckContext, ...faults: readonly StreamFault[]): Promise<void> {
  const prepared = await ctx.prepare({ delivery: "stream" });
  prepared.stream!.faults.push(undefined, ...faults);
  const started = await ctx.send(prepared);
  started.expectAccepted();
  const bytes = await started.audio().catch((err: unknown) => {
    if (!(err instanceof Mismatch)) throw err;
    const last = started.stream?.appends.at(-1);
    throw new Mismatch(err.expected, `${err.observed}; the last append was number ${last?.seq ?? "none"}`);
  });
  const { usual } = await ctx.lengths();
  const { seconds } = framesIn(bytes);
  expectThat(Math.abs(seconds - usual) <= 1, `${usual} s, each part once`, `${seconds.toFixed(2)} s`);
  const [failed, again] = started.stream!.appends.slice(1);
  const isRepeated =
    Buffer.compare(failed?.bytes ?? new Uint8Array(), again?.bytes ?? new Uint8Array()) === 0;
  expectThat(again?.seq === failed?.seq && isRepeated, "the same append again", `number ${again?.seq}`);
  const [fault] = faults;
  const askedMs = typeof fault === "object" ? (fault.retryAfterSeconds ?? 0) * 1000 : 0;
  const waitedMs = Math.round((again?.atMs ?? 0) - (failed?.atMs ?? 0));
  expectThat(waitedMs >= askedMs - 50, `a wait of ${askedMs} ms, as Retry-After says`, `${waitedMs} ms`);
}

/**
 * Refuses all appends with `status`. Expects that the generator stops sending appends within one second after the first
 * append, and that the slot is free after two seconds.
 */
async function expectStopAfter(ctx: CheckContext, status: number): Promise<void> {
  const { long } = await ctx.lengths();
  const prepared = await ctx.prepare({ delivery: "stream", seconds: long });
  const stream = prepared.stream!;
  const before = await ctx.health();
  stream.refuseWith = status;
  const started = await ctx.send(prepared);
  started.expectAccepted();
  await started.firstBytes();
  await Bun.sleep(1000);
  const count = stream.appends.length;
  await Bun.sleep(1000);
  const late = stream.appends.length - count;
  expectThat(late === 0, `no append later than a second after ${status}`, `${late} more`);
  const after = await ctx.health();
  const running = before.free - after.free + after.queued - before.queued;
  expectThat(running <= 0, "a free slot a second later", "a slot that is still taken");
}

const stop = (status: number, why: string) => ({
  title: `a refusal with ${status} (${why}) stops the generation within a second`,
  hint: "Cancel the generation, because its audio is no longer accepted. Retry only after 429, 5xx and lost connections.",
  run: (ctx: CheckContext) => expectStopAfter(ctx, status),
});

const again =
  "Send the same bytes again with the same Producer-Seq, after the seconds of Retry-After or a short wait.";

export const streamFaultCases = group(
  "stream",
  {
    "retry-500": {
      title: "an append that got 500 is sent again, and the piece is complete",
      hint: again,
      run: (ctx) => expectWholeAfter(ctx, { status: 500 }),
    },
    "retry-503": {
      title: "an append that got 503 is sent again after Retry-After, and the piece is complete",
      hint: again,
      run: (ctx) => expectWholeAfter(ctx, { status: 503, retryAfterSeconds: 1 }),
    },
    "retry-429": {
      title: "an append that got 429 is sent again after Retry-After, and the piece is complete",
      hint: again,
      run: (ctx) => expectWholeAfter(ctx, { status: 429, retryAfterSeconds: 1 }),
    },
    "retry-lost": {
      title: "an append whose answer was lost is sent again with its number, and stored once",
      hint: again,
      run: (ctx) => expectWholeAfter(ctx, "stored, answer lost"),
    },
    "retry-twice": {
      title: "an append that failed twice in a row is sent a third time",
      hint: again,
      run: (ctx) => expectWholeAfter(ctx, { status: 502 }, { status: 500 }),
    },
    "refused-token": stop(401, "the token has ended"),
    "refused-closed": stop(409, "the stream is closed"),
    "refused-gone": stop(404, "the stream was deleted"),
  },
  "stream",
);
