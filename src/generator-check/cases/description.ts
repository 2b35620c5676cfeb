// Defines the cases for GET /health and GET /capabilities.
import { group } from "../check-case.ts";
import { expectThat, SkipCase } from "../mismatch.ts";
import { formatNameOf, parameterFaultOf } from "../sound/decode.ts";

export const descriptionCases = group("description", {
  health: {
    title: "GET /health answers {status, slots, free, queued, etaSeconds}",
    hint: "Answer 200 with these five fields; the counts are whole numbers.",
    run: async (ctx) => {
      await ctx.health();
    },
  },
  "health-counts": {
    title: "the number in the field free is at most the number in the field slots, which is at least 1",
    hint: "slots is the maximum number of generations at a time; free is the number of slots that are not in use.",
    run: async (ctx) => {
      const { slots, free } = await ctx.health();
      expectThat(slots >= 1, "at least one slot", `${slots}`);
      expectThat(free <= slots, `at most ${slots} free`, `${free}`);
    },
  },
  "health-quick": {
    title: "GET /health answers within a second while a piece is made",
    hint: "Make the music in a thread or process that does not answer requests.",
    run: async (ctx) => {
      const { long } = await ctx.lengths();
      const started = await ctx.start({ seconds: long });
      started.expectAccepted();
      void started.firstBytes().catch(() => undefined);
      for (let i = 0; i < 5; i++) {
        const begun = performance.now();
        await ctx.health();
        const ms = Math.round(performance.now() - begun);
        expectThat(ms < 1000, "an answer within 1000 ms", `one after ${ms} ms`);
      }
    },
  },
  capabilities: {
    title:
      "GET /capabilities answers {name, contentTypes, secondsMin, secondsMax, delivery, deterministic, versions, extend, licence}",
    hint: "Answer 200 with all nine fields.",
    run: async (ctx) => {
      await ctx.capabilities();
    },
  },
  lengths: {
    title: "secondsMin is more than 0 and at most secondsMax",
    hint: "Both are seconds, not milliseconds.",
    run: async (ctx) => {
      const { secondsMin, secondsMax } = await ctx.capabilities();
      expectThat(
        secondsMin > 0 && secondsMin <= secondsMax,
        "0 < secondsMin ≤ secondsMax",
        `${secondsMin} and ${secondsMax}`,
      );
    },
  },
  "content-types": {
    title: "every content type is supported by Rondo and has all of its parameters",
    hint: "audio/mpeg, audio/wav, audio/flac, audio/L16;rate=…;channels=… or audio/pcm;rate=…;channels=…;encoding=….",
    run: async (ctx) => {
      for (const contentType of (await ctx.capabilities()).contentTypes) {
        expectThat(formatNameOf(contentType) !== undefined, "a content type of the contract", contentType);
        const fault = parameterFaultOf(contentType);
        expectThat(fault === undefined, `the parameter ${fault} in ${contentType}`, "none, or another value");
      }
    },
  },
  "stream-format": {
    title: "audio/mpeg is offered if chunks are appended or stored as documents",
    hint: "Chunks are MP3 frames of 44.1 kHz and 128 kbit/s: name audio/mpeg in contentTypes.",
    run: async (ctx) => {
      const { delivery, contentTypes } = await ctx.capabilities();
      if (!delivery.some((one) => one !== "body")) throw new SkipCase("Only bodies are delivered.");
      const hasMp3 = contentTypes.some((one) => formatNameOf(one) === "mp3");
      expectThat(hasMp3, "audio/mpeg among the content types", contentTypes.join(", "));
    },
  },
});
