// Defines the checks of a generator that streams the audio in the body of its response to POST /generate.
import { group } from "../check-case.ts";
import { expectThat, SkipCase } from "../mismatch.ts";
import { decode, formatNameOf } from "../sound/decode.ts";
import { secondsOf } from "../sound/samples.ts";
import { framesIn } from "../sound/mp3-frames.ts";

export const bodyCases = group(
  "body",
  {
    "content-type": {
      title: "POST /generate answers 200 with a content type that was offered",
      hint: "Set Content-Type to one of contentTypes.",
      run: async (ctx) => {
        const { contentType } = await ctx.piece("body");
        const { contentTypes } = await ctx.capabilities();
        const isOffered = contentTypes.some((one) => formatNameOf(one) === formatNameOf(contentType));
        expectThat(isOffered, contentTypes.join(" or "), contentType || "no Content-Type");
      },
    },
    streamed: {
      title: "the body has no Content-Length, so that the audio can be sent while it is made",
      hint: "Send each block as soon as it is made (chunked transfer). Send the first block within a second if you can.",
      run: async (ctx) => {
        const { started } = await ctx.piece("body");
        const length = started.answer.headers.get("content-length");
        expectThat(length === null, "no Content-Length", `Content-Length: ${length}`);
      },
    },
    whole: {
      title: "an MP3 body consists of whole frames",
      hint: "Flush the encoder at the end, and send everything that it returns.",
      run: async (ctx) => {
        const { bytes, contentType } = await ctx.piece("body");
        if (formatNameOf(contentType) !== "mp3") throw new SkipCase(`The body is ${contentType}.`);
        framesIn(bytes, { mayHaveHead: true });
      },
    },
    headers: {
      title: "X-Duration-Seconds, if it is sent, differs from the length of the audio by less than a second",
      hint: "Send the length that you will make, in seconds, or leave the header out.",
      run: async (ctx) => {
        const { started, bytes, contentType } = await ctx.piece("body");
        const said = started.answer.headers.get("x-duration-seconds");
        if (said === null) throw new SkipCase("The header is not sent.");
        const made = secondsOf(await decode(contentType, bytes));
        expectThat(Math.abs(Number(said) - made) < 1, `${made.toFixed(1)}`, said);
      },
    },
    title: {
      title: "X-Title, if it is sent, is ASCII text; other characters are percent-encoded UTF-8",
      hint: "Encode the title as a URL does: %E9%9B%A8 for 雨.",
      run: async (ctx) => {
        const started = await ctx.start({ delivery: "body", body: { prompt: "雨の夜 für Zoë" } });
        started.expectAccepted();
        const title = started.answer.headers.get("x-title");
        if (title === null) throw new SkipCase("The header is not sent.");
        const isText = /^[\x20-\x7e]+$/.test(title) && !/%(?![0-9A-Fa-f]{2})/.test(title);
        expectThat(isText, "visible ASCII with %XX for the rest", title);
      },
    },
  },
  "body",
);
