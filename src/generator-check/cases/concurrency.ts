// Defines the cases for several concurrent pieces, and for more pieces than the generator has slots.
import { group } from "../check-case.ts";
import type { CheckContext } from "../context.ts";
import { expectThat, SkipCase } from "../mismatch.ts";
import { decode } from "../sound/decode.ts";
import { secondsOf } from "../sound/samples.ts";
import { expectProblem, type Started } from "../started.ts";
import { waitUntil } from "../wait.ts";
import type { Delivery } from "../wire.ts";

const seeds = [7, 11, 12, 13] as const;

/**
 * Requests four pieces with different seeds at the same time. Each piece must have the usual
 * length, with a tolerance of 1 s, and all four must be different. If the generator is
 * deterministic, the piece with the usual seed must have the same bytes as a piece that was
 * requested alone.
 */
async function expectFourApart(ctx: CheckContext, delivery: Delivery): Promise<void> {
  const { usual } = await ctx.lengths();
  const pieces = await Promise.all(
    seeds.map(async (seed) => {
      const started = await ctx.start({ delivery, body: { seed } });
      started.expectAccepted();
      const bytes = await started.audio();
      return { bytes, seconds: secondsOf(await decode(started.contentType, bytes)) };
    }),
  );
  for (const { seconds } of pieces)
    expectThat(Math.abs(seconds - usual) <= 1, `four pieces of ${usual} s`, `one of ${seconds.toFixed(2)} s`);
  const different = new Set(pieces.map(({ bytes }) => Bun.hash(bytes))).size;
  expectThat(different === 4, "four different pieces", `${different}`);
  if (!(await ctx.capabilities()).deterministic) return;
  const { bytes: alone } = await ctx.piece(delivery);
  const isSame = Buffer.compare(alone, pieces[0]!.bytes) === 0;
  expectThat(isSame, "the same bytes for a seed, alone and together with others", "other bytes");
}

const apart = (delivery: Delivery) => ({
  title: `four concurrent pieces are not mixed (${delivery})`,
  delivery,
  hint: "Keep the state of each generation apart: encoder, model, buffers, and the destination of its delivery.",
  run: (ctx: CheckContext) => expectFourApart(ctx, delivery),
});

const requestsMax = 80;
const busyStatuses = [429, 503];

/**
 * Requests long pieces until all slots are in use and a request is refused. Returns the refused request. The requests
 * don't wait for the answers to earlier ones, because some generators answer a queued request only when its generation
 * begins. Errors: Mismatch if the refusal has another status than 429 or 503; SkipCase if none of `requestsMax`
 * requests is refused in time.
 */
async function untilBusy(ctx: CheckContext): Promise<Started> {
  const { long } = await ctx.lengths();
  let refused: Started | undefined;
  let accepted = 0;
  let unanswered = 0;
  for (let sent = 0; sent < requestsMax && refused === undefined; sent++) {
    const prepared = await ctx.prepare({ seconds: long });
    if (prepared.stream) prepared.stream.delayMs = 2000;
    unanswered++;
    void ctx.send(prepared).then(
      (started) => {
        unanswered--;
        if (!started.answer.ok) {
          refused ??= started;
          return;
        }
        accepted++;
        void started.firstBytes().catch(() => undefined);
      },
      () => unanswered--,
    );
    await Bun.sleep(20);
  }
  await waitUntil(() => refused !== undefined || unanswered === 0, ctx.timeoutMs);
  if (refused === undefined)
    throw new SkipCase(
      `The generator accepted ${accepted} of ${requestsMax} long pieces, and refused none of them in time.`,
    );
  const { status } = refused.answer;
  expectThat(busyStatuses.includes(status), `the status ${busyStatuses.join(" or ")}`, `${status}`);
  return refused;
}

export const concurrencyCases = group("concurrency", {
  body: apart("body"),
  stream: apart("stream"),
  mongodb: apart("mongodb"),
  busy: {
    title: "a request while all slots are in use gets 429 or 503 with Retry-After and {code, message, hint}",
    hint: "Refuse requests that you can't start or queue, with 503 and the waiting time as Retry-After in whole seconds.",
    run: async (ctx) => {
      const { answer } = await untilBusy(ctx);
      await expectProblem(answer, busyStatuses);
      const wait = answer.headers.get("retry-after") ?? "";
      expectThat(/^[1-9]\d{0,4}$/.test(wait), "Retry-After in whole seconds", wait || "no Retry-After");
    },
  },
  "busy-health": {
    title: 'GET /health says "busy" and etaSeconds while a request would be refused',
    hint: "status is busy while a request would be refused; etaSeconds is your estimate of the time until a slot is free.",
    run: async (ctx) => {
      await untilBusy(ctx);
      const { status, etaSeconds, free } = await ctx.health();
      expectThat(status === "busy" && free === 0, "busy with no free slot", `${status} with ${free}`);
      expectThat(etaSeconds > 0, "etaSeconds above 0", `${etaSeconds}`);
    },
  },
  "after-busy": {
    title: "after the running pieces were cancelled, a new piece is made",
    hint: "Free the slot and the queue position of every piece that ends, however it ends.",
    run: async (ctx) => {
      await untilBusy(ctx).catch((err: unknown) => {
        if (!(err instanceof SkipCase)) throw err;
      });
      await ctx.endCase();
      const started = await ctx.start();
      started.expectAccepted();
      await started.audio();
    },
  },
});
