// Defines the checks of the audio that a generator makes: whether the audio has the requested
// length and is music, and how the audio depends on the seed.
import { group } from "../check-case.ts";
import type { CheckContext } from "../context.ts";
import { expectThat, SkipCase } from "../mismatch.ts";
import { decode } from "../sound/decode.ts";
import { measure, type Measures } from "../sound/measure.ts";

async function measured(ctx: CheckContext): Promise<Measures> {
  const { bytes, contentType } = await ctx.piece();
  return measure(await decode(contentType, bytes));
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

async function audioWith(ctx: CheckContext, seed: number): Promise<Uint8Array> {
  const started = await ctx.start({ body: { seed } });
  started.expectAccepted();
  return started.audio();
}

export const soundCases = group("sound", {
  length: {
    title: "the length of a piece differs from the requested length by less than a second",
    hint: "Request a little more from the model, cut it at durationSeconds, and end it with a short fade.",
    run: async (ctx) => {
      const { usual } = await ctx.lengths();
      const { seconds } = await measured(ctx);
      expectThat(Math.abs(seconds - usual) < 1, `${usual} s`, `${seconds.toFixed(2)} s`);
    },
  },
  "not-silent": {
    title: "a piece is not silent",
    hint: "Check the output of the model before you encode it; a constant value is silence, too.",
    run: async (ctx) => {
      const { levelDb } = await measured(ctx);
      expectThat(levelDb > -55, "a level above -55 dB", `${levelDb.toFixed(1)} dB`);
    },
  },
  "not-noise": {
    title: "a piece is not noise",
    hint: "Check the sample format: bytes that are read in the wrong order or width sound like noise.",
    run: async (ctx) => {
      const { flatness, roughness } = await measured(ctx);
      expectThat(
        flatness < 0.7,
        "a spectral flatness below 0.7, as music has",
        `${flatness.toFixed(2)}, as white noise has`,
      );
      expectThat(roughness < 1.2, "a roughness below 1.2, as music has", roughness.toFixed(2));
    },
  },
  "in-range": {
    title: "samples are numbers, and none is beyond 1.5 times full scale",
    hint: "Clip or normalize before encoding; values go from -1 to 1.",
    run: async (ctx) => {
      const { broken } = await measured(ctx);
      expectThat(broken === 0, "no sample beyond 1.5 times full scale", `${(100 * broken).toFixed(2)} %`);
    },
  },
  "same-seed": {
    title: "if the generator says that it is deterministic, the same request and seed give the same bytes",
    hint: "Declare deterministic: false, or derive all random numbers from the seed.",
    run: async (ctx) => {
      if (!(await ctx.capabilities()).deterministic)
        throw new SkipCase("The generator declares that it is not deterministic.");
      const { bytes } = await ctx.piece();
      const again = await audioWith(ctx, 7);
      expectThat(
        isSame(bytes, again),
        "the same bytes",
        `${bytes.length} and ${again.length} bytes that differ`,
      );
    },
  },
  "other-seed": {
    title: "another seed gives another piece",
    hint: "Derive all random numbers from the seed.",
    run: async (ctx) => {
      const { bytes } = await ctx.piece();
      expectThat(!isSame(bytes, await audioWith(ctx, 4_242)), "other bytes", "the same bytes");
    },
  },
  "large-seed": {
    title: "a seed of 2^53 - 1 is accepted",
    hint: "Seeds are whole numbers from 0 to 9007199254740991; reduce them if the model accepts only smaller ones.",
    run: async (ctx) => (await ctx.start({ body: { seed: Number.MAX_SAFE_INTEGER } })).expectAccepted(),
  },
});
