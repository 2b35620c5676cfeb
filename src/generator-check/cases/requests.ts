// Defines the cases of the generator check for the fields of a request, and for requests that must be refused.
import { group } from "../check-case.ts";
import type { CheckContext } from "../context.ts";
import { expectThat, shown } from "../mismatch.ts";
import { expectProblem } from "../started.ts";
import type { GenerateBody } from "../wire.ts";

const hint = "Answer 400 or 422 with {code, message, hint}: sentences for the person who wrote the prompt.";

async function expectRefused(ctx: CheckContext, body: Partial<GenerateBody>): Promise<void> {
  const { answer } = await ctx.send(await ctx.prepare({ body }));
  await expectProblem(answer, [400, 422]);
}

/**
 * Expects that a request is accepted, or refused with 400 or 422. The check can't tell whether an accepted option
 * changes the music.
 */
async function expectAcceptedOrRefused(ctx: CheckContext, body: Partial<GenerateBody>): Promise<void> {
  const started = await ctx.start({ body });
  if (started.answer.ok) return started.expectAccepted();
  await expectProblem(started.answer, [400, 422]);
}

/** A prompt in each script (writing system), by the name of the script. */
const prompts: Readonly<Record<string, string>> = {
  "Latin with accents": "Ruhige Gitarre für Zoë, à la française, øl og smørrebrød",
  Cyrillic: "спокойное пианино под дождём",
  Greek: "ήρεμο πιάνο τη νύχτα",
  Arabic: "موسيقى هادئة مع عود",
  Hebrew: "פסנתר רגוע בגשם",
  Devanagari: "शांत सितार, रात की बारिश",
  Thai: "เปียโนเงียบสงบยามค่ำคืน",
  Chinese: "安静的钢琴，雨夜",
  Japanese: "雨の夜の静かなピアノ",
  Korean: "비 오는 밤의 조용한 피아노",
  emoji: "🎹🌧️ calm 👩🏽‍🎤 night",
  "combining characters": "p̸i̸a̸n̸o̸ z̷̢a̴l̵g̶o",
  "several lines": "calm piano\n\twith “quotes”, <tags> & \\slashes\\",
};

export const requestCases = group("request", {
  scripts: {
    title: "a prompt in any script is accepted",
    hint: "Read the body as UTF-8, and refuse no characters.",
    run: async (ctx) => {
      for (const [script, prompt] of Object.entries(prompts)) {
        const started = await ctx.start({ body: { prompt } });
        const { status } = started.answer;
        expectThat(started.answer.ok, `an accepted prompt (${script})`, `${status}`);
        await started.cancel();
      }
    },
  },
  "long-prompt": {
    title: "a prompt of 2,000 characters is accepted",
    hint: "Rondo allows 2,000 characters; cut the prompt if the model accepts fewer.",
    run: async (ctx) => {
      const prompt = "雨の夜 calm piano — Straße ".repeat(100).slice(0, 2000);
      (await ctx.start({ body: { prompt } })).expectAccepted();
    },
  },
  "empty-prompt": {
    title: "an empty prompt is refused with 400 or 422 and {code, message, hint}",
    hint,
    run: (ctx) => expectRefused(ctx, { prompt: "" }),
  },
  "missing-field": {
    title: "a request without prompt and rowId is refused with 400 or 422 and {code, message, hint}",
    hint,
    run: async (ctx) => {
      const { body } = await ctx.prepare();
      const { prompt: _, rowId: __, ...rest } = body;
      const answer = await ctx.far.call("POST", "/generate", { body: JSON.stringify(rest) });
      await expectProblem(answer, [400, 422]);
    },
  },
  "broken-json": {
    title: "a body that is not JSON is refused with 400 or 422 and {code, message, hint}",
    hint,
    run: async (ctx) => {
      const answer = await ctx.far.call("POST", "/generate", { body: '{"prompt": "calm' });
      await expectProblem(answer, [400, 422]);
    },
  },
  "too-long": {
    title: "a piece longer than secondsMax is refused with 400 or 422 and {code, message, hint}",
    hint,
    run: async (ctx) => {
      const { secondsMax } = await ctx.capabilities();
      await expectRefused(ctx, { durationSeconds: secondsMax * 2 + 1 });
    },
  },
  "too-short": {
    title: "a piece shorter than secondsMin is refused with 400 or 422 and {code, message, hint}",
    hint,
    run: async (ctx) => {
      const { secondsMin } = await ctx.capabilities();
      await expectRefused(ctx, { durationSeconds: secondsMin / 2 });
    },
  },
  "unknown-option": {
    title: "an unknown option is refused with 400 or 422, not ignored",
    hint: "Refuse options that you don't know. If you ignore an option, the user gets other music than requested.",
    run: (ctx) => expectRefused(ctx, { options: { wobble: 11 } }),
  },
  "wrong-option": {
    title: "a tempo that is not a number is refused with 400 or 422",
    hint: "tempo is a number of beats per minute.",
    run: (ctx) => expectRefused(ctx, { options: { tempo: "fast" } }),
  },
  options: {
    title: "tempo, key, style and instrumental are used, or refused with 400 or 422",
    hint: "Use each option, or refuse the request with a sentence that contains the unsupported option.",
    run: (ctx) =>
      expectAcceptedOrRefused(ctx, {
        options: { tempo: 90, key: "F# minor", style: "ambient", instrumental: true },
      }),
  },
  lyrics: {
    title: "lyrics are sung, or refused with 400 or 422",
    hint: "If the generator can't sing, refuse lyrics with a sentence that says so.",
    run: (ctx) => expectAcceptedOrRefused(ctx, { options: { lyrics: "Oh, the rain\nfalls again" } }),
  },
  versions: {
    title:
      "a version of another piece is made if the generator says that it makes versions, and refused otherwise",
    hint: "parent has {rowId, instruction, audioUrl, spec?}. If versions is false, answer 422.",
    run: async (ctx) => {
      const { versions } = await ctx.capabilities();
      const parent = { rowId: crypto.randomUUID(), instruction: "slower, with less bass" };
      if (!versions) return expectRefused(ctx, { parent });
      const started = await ctx.start({ body: { parent } });
      expectThat(started.answer.ok, "an accepted version", `${started.answer.status}`);
    },
  },
  "unknown-address": {
    title: "GET of an unknown address is answered with 404 or 405, never with 200",
    hint: "Answer 404 for addresses that the contract doesn't have.",
    run: async (ctx) => {
      const answer = await ctx.far.call("GET", "/no-such-call");
      const text = await answer.text();
      expectThat([404, 405].includes(answer.status), "404 or 405", `${answer.status} ${shown(text)}`);
    },
  },
});
