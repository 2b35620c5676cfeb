// Defines the check cases for generators that deliver a piece by appends to a Durable Stream. In
// these cases, the server of the stream accepts every append. In the cases of stream-faults.ts, the
// server fails or refuses appends.
import { group } from "../check-case.ts";
import type { CheckContext } from "../context.ts";
import { expectThat, SkipCase, shown } from "../mismatch.ts";
import { framesIn } from "../sound/mp3-frames.ts";
import { parsed } from "../started.ts";
import type { ReceivedStream } from "../stream-receiver.ts";

async function delivered(ctx: CheckContext): Promise<ReceivedStream> {
  const { started } = await ctx.piece("stream");
  return started.stream!;
}

export const streamCases = group(
  "stream",
  {
    accepted: {
      title: 'POST /generate answers 202 {delivery: "stream"} at once',
      hint: "Send the answer before you make the music, then append the chunks.",
      run: async (ctx) => {
        const begun = performance.now();
        const started = await ctx.start({ delivery: "stream" });
        const ms = Math.round(performance.now() - begun);
        started.expectAccepted();
        const text = await started.answer.text();
        expectThat(parsed(text)?.delivery === "stream", '{"delivery": "stream"}', shown(text));
        expectThat(ms < 2000, "an answer within 2000 ms", `one after ${ms} ms`);
      },
    },
    token: {
      title: "every append carries the token of its request",
      hint: "Send Authorization: Bearer with delivery.stream.token for chunks and events.",
      run: async (ctx) => {
        const { appends, events, token } = await delivered(ctx);
        const other = [...appends, ...events].find((one) => one.authorization !== `Bearer ${token}`);
        expectThat(other === undefined, "Bearer and the token", shown(other?.authorization));
      },
    },
    order: {
      title: "appends have one Producer-Id and the numbers 0, 1, 2, … without a gap",
      hint: "Send Producer-Id, Producer-Epoch and Producer-Seq. Producer-Seq increases by one with each append, including the closing append.",
      run: async (ctx) => {
        const { appends } = await delivered(ctx);
        const ids = new Set(appends.map(({ producerId, epoch }) => `${producerId}/${epoch}`));
        const hasId = appends.every(({ producerId }) => (producerId ?? "") !== "");
        expectThat(ids.size === 1 && hasId, "one Producer-Id and -Epoch", [...ids].join(", "));
        const numbers = appends.map(({ seq }) => seq);
        const isInOrder = numbers.every((seq, at) => seq === String(at));
        expectThat(isInOrder, "0, 1, 2, …", numbers.slice(0, 12).join(", "));
      },
    },
    "content-type": {
      title: "appends are audio/mpeg",
      hint: "Send Content-Type: audio/mpeg with every append that has bytes.",
      run: async (ctx) => {
        const { appends } = await delivered(ctx);
        const other = appends.find((one) => one.bytes.length > 0 && one.contentType !== "audio/mpeg");
        expectThat(other === undefined, "audio/mpeg", shown(other?.contentType));
      },
    },
    frames: {
      title: "every append consists of whole MP3 frames of 44.1 kHz and 128 kbit/s",
      hint: "Use one encoder for the whole piece, and append a frame only when it is complete.",
      run: async (ctx) => {
        const { appends } = await delivered(ctx);
        for (const { bytes } of appends) if (bytes.length > 0) framesIn(bytes, { isStream: true });
      },
    },
    sizes: {
      title:
        "an append has at most 5 seconds of sound, so that listeners can hear the piece while it is made",
      hint: "Append about a second at a time; the first append may be shorter.",
      run: async (ctx) => {
        const { appends } = await delivered(ctx);
        const largest = Math.max(...appends.map(({ bytes }) => bytes.length));
        expectThat(largest <= 5 * 16_100, "80,500 bytes at most", `${largest} bytes`);
      },
    },
    end: {
      title: "the stream is closed once, with the last append",
      hint: "Send Stream-Closed: true with the last append, or with an empty append after it.",
      run: async (ctx) => {
        const { appends } = await delivered(ctx);
        await Bun.sleep(300);
        const closing = appends.filter(({ closes }) => closes);
        expectThat(closing.length === 1, "one closing append", `${closing.length}`);
        expectThat(appends.at(-1)?.closes === true, "no append after the closing one", "more appends");
      },
    },
    length: {
      title: "the length of all appends together differs from the requested length by less than a second",
      hint: "Close the stream only after everything was appended.",
      run: async (ctx) => {
        const { audio } = await delivered(ctx);
        const { usual } = await ctx.lengths();
        const { seconds } = framesIn(audio);
        expectThat(Math.abs(seconds - usual) < 1, `${usual} s`, `${seconds.toFixed(2)} s`);
      },
    },
    events: {
      title: "each event is JSON of type progress or failed, and is appended to …/events",
      hint: 'Append {"type": "progress", "generatedMs": 1000} or {"type": "failed", "reason": "…"} as application/json.',
      run: async (ctx) => {
        const { events } = await delivered(ctx);
        if (events.length === 0) throw new SkipCase("No events are sent.");
        for (const { bytes, contentType } of events) {
          const text = Buffer.from(bytes).toString();
          const event = parsed(text);
          const isProgress = event?.type === "progress" && typeof (event.generatedMs ?? 0) === "number";
          const isFailure = event?.type === "failed" && typeof event.reason === "string";
          expectThat(isProgress || isFailure, "progress, or failed with a reason", shown(text));
          expectThat(contentType === "application/json", "application/json", shown(contentType));
        }
      },
    },
  },
  "stream",
);
