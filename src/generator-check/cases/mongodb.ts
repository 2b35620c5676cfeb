// Defines the cases for a generator that delivers a piece as documents in MongoDB.
import { group } from "../check-case.ts";
import type { CheckContext } from "../context.ts";
import type { ChunkDocument } from "../document-receiver.ts";
import { expectThat, shown } from "../mismatch.ts";
import { framesIn } from "../sound/mp3-frames.ts";
import { parsed } from "../started.ts";

async function stored(ctx: CheckContext): Promise<readonly ChunkDocument[]> {
  const { started } = await ctx.piece("mongodb");
  return started.documents!.documents();
}

const dataOf = ({ data }: ChunkDocument): Uint8Array =>
  data instanceof Uint8Array ? data : new Uint8Array();

export const mongodbCases = group(
  "mongodb",
  {
    accepted: {
      title: 'POST /generate answers 202 {delivery: "mongodb"}',
      hint: "Answer before the music is made, and store the chunks as documents.",
      run: async (ctx) => {
        const started = await ctx.start({ delivery: "mongodb" });
        started.expectAccepted();
        const text = await started.answer.text();
        expectThat(parsed(text)?.delivery === "mongodb", '{"delivery": "mongodb"}', shown(text));
      },
    },
    record: {
      title: "every document has the stream, requestId, userId and rowId of its request",
      hint: "Store the four strings unchanged with every chunk and with the end record.",
      run: async (ctx) => {
        const { started } = await ctx.piece("mongodb");
        const { requestId, userId, rowId } = started.body;
        for (const document of await stored(ctx))
          for (const [name, value] of Object.entries({ requestId, userId, rowId })) {
            const observed = document[name as "requestId"];
            expectThat(observed === value, `${name}: ${value}`, shown(observed));
          }
      },
    },
    order: {
      title: "seq counts 0, 1, 2, … without a gap, as whole numbers",
      hint: "Count the documents of each stream, including the end record.",
      run: async (ctx) => {
        const numbers = (await stored(ctx)).map(({ seq }) => seq);
        const isInOrder = numbers.every((seq, at) => seq === at);
        expectThat(isInOrder, "0, 1, 2, …", shown(numbers.slice(0, 12)));
      },
    },
    data: {
      title: "data is binary, and consists of whole MP3 frames of 44.1 kHz and 128 kbit/s",
      hint: "Store bytes as BSON binary, not as a string or an array.",
      run: async (ctx) => {
        for (const document of await stored(ctx)) {
          if (document.end === true && document.data === undefined) continue;
          expectThat(document.data instanceof Uint8Array, "binary data", typeof document.data);
          framesIn(dataOf(document), { isStream: true });
        }
      },
    },
    sizes: {
      title:
        "a document has at most 5 seconds of sound, so that listeners can hear the piece while it is made",
      hint: "Store about a second at a time.",
      run: async (ctx) => {
        const largest = Math.max(...(await stored(ctx)).map((document) => dataOf(document).length));
        expectThat(largest <= 5 * 16_100, "80,500 bytes at most", `${largest} bytes`);
      },
    },
    end: {
      title: "the last document is the only end record",
      hint: "Insert {end: true} with the next seq when everything is stored.",
      run: async (ctx) => {
        const documents = await stored(ctx);
        const ends = documents.filter(({ end }) => end !== undefined);
        expectThat(
          ends.length === 1 && ends[0]?.end === true,
          "one document with end: true",
          shown(ends.length),
        );
        expectThat(documents.at(-1)?.end === true, "no document after the end record", "more documents");
      },
    },
    length: {
      title: "the length of all documents together differs from the requested length by less than a second",
      hint: "Insert the end record only when everything is stored.",
      run: async (ctx) => {
        const { bytes } = await ctx.piece("mongodb");
        const { usual } = await ctx.lengths();
        const { seconds } = framesIn(bytes);
        expectThat(Math.abs(seconds - usual) < 1, `${usual} s`, `${seconds.toFixed(2)} s`);
      },
    },
    "deleted-stream": {
      title: "a document {gone: true} at the next seq stops the generation within a second",
      hint: "If an insert fails because of a duplicate key, read the stored document. If it is not yours, cancel the generation.",
      run: async (ctx) => {
        const { long } = await ctx.lengths();
        const prepared = await ctx.prepare({ delivery: "mongodb", seconds: long });
        await prepared.documents!.markDeleted(0);
        const before = await ctx.health();
        (await ctx.send(prepared)).expectAccepted();
        await Bun.sleep(2000);
        const documents = await prepared.documents!.documents();
        expectThat(documents.length === 1, "no document after {gone: true}", `${documents.length - 1}`);
        const after = await ctx.health();
        const running = before.free - after.free + after.queued - before.queued;
        expectThat(running <= 0, "a free slot", "a slot that is still taken");
      },
    },
    cancelled: {
      title: "a cancelled piece gets no end record, and no document later than a second after DELETE",
      hint: "Check for a cancellation before each insert.",
      run: async (ctx) => {
        const { long } = await ctx.lengths();
        const started = await ctx.start({ delivery: "mongodb", seconds: long });
        started.expectAccepted();
        await started.firstBytes();
        await started.cancel();
        await Bun.sleep(1000);
        const count = (await started.documents!.documents()).length;
        await Bun.sleep(500);
        const documents = await started.documents!.documents();
        expectThat(documents.length === count, "no more documents", `${documents.length - count} more`);
        const seconds = framesIn(await joined(documents)).seconds;
        const isMarked = documents.some(({ end }) => end === true);
        // It is possible that a fast generator stored the whole piece before the cancellation arrived.
        expectThat(!isMarked || seconds > long - 1, "no end record", `one after ${seconds.toFixed(1)} s`);
      },
    },
  },
  "mongodb",
);

const joined = async (documents: readonly ChunkDocument[]): Promise<Uint8Array> =>
  new Uint8Array(Buffer.concat(documents.map(dataOf)));
