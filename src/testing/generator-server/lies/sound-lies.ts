// Defines faults of a test generator's sound, such as silence, noise, a wrong length, or a format that differs from the
// declared one. The key of each fault is the id of the case of `rondo generator check` that must detect the fault.
import { createMp3Encoder, loadLame } from "../../../composer/mp3/encoder.ts";
import type { Generator, GenerationRequest } from "../../../ports/generator/generator.ts";
import { chunkOf, hertzOf, toneOf } from "../tone-generator.ts";
import { encoded, floatType, l16Type, loudFloats, toneBlocks, wavHeader } from "../tone-formats.ts";
import { answeredBy, changedRequest, isCall, type Lie, problem } from "./lie.ts";

type Chunks = readonly Uint8Array[];

/** Makes the generator send the chunks that `change` returns instead of the correct chunks. */
export const withChunks = (
  change: (chunks: Chunks, request: GenerationRequest) => Chunks | Promise<Chunks>,
) => ({
  generator: (honest: Generator): Generator => ({
    ...honest,
    async start(request, signal) {
      const generation = await honest.start(request, signal);
      const { durationSeconds, seed } = request;
      const chunks = await change(await toneOf(durationSeconds, hertzOf(seed)), request);
      return {
        ...generation,
        chunks: (async function* () {
          for (const [index, bytes] of chunks.entries()) yield chunkOf(bytes, index);
        })(),
      };
    },
  }),
});

async function encodedFrom(seconds: number, valueAt: () => number): Promise<Chunks> {
  const encoder = await createMp3Encoder(await loadLame());
  const chunks: Uint8Array[] = [];
  for (let second = 0; second < seconds; second++) {
    const samples = Float32Array.from({ length: 44_100 }, valueAt);
    chunks.push(encoder.encode(samples, samples).bytes);
  }
  return [...chunks, encoder.finish().bytes];
}

const halved = withChunks((chunks) => chunks.slice(0, Math.ceil(chunks.length / 2)));
const inOnePiece = withChunks((chunks) => [Buffer.concat(chunks)]);

/** Changes the headers or the content of a response that contains the sound. */
const changedBody = (change: (answer: Response) => Response | Promise<Response>): Lie => ({
  respond: (honest) => async (request) => {
    const answer = await honest(request);
    return isCall(request, "POST", "/generate") && answer.status === 200 ? change(answer) : answer;
  },
});

const withHeader = (name: string, value: string): Lie =>
  changedBody((answer) => {
    const headers = new Headers(answer.headers);
    headers.set(name, value);
    return new Response(answer.body, { headers });
  });

export const soundLies: Readonly<Record<string, Lie>> = {
  "sound.length": halved,
  "sound.not-silent": withChunks((_, { durationSeconds }) => encodedFrom(durationSeconds, () => 0)),
  "sound.not-noise": withChunks((_, { durationSeconds }) =>
    encodedFrom(durationSeconds, () => 0.4 * (Math.random() - 0.5)),
  ),
  "sound.in-range": { options: { formats: { "audio/mpeg": loudFloats } }, ...saysFloats() },
  "sound.same-seed": changedRequest((body) => ({ ...body, seed: Math.floor(Math.random() * 1e6) })),
  "sound.other-seed": changedRequest((body) => ({ ...body, seed: 1 })),
  "sound.large-seed": answeredBy(
    ({ seed }) => Number(seed) > 2 ** 32,
    () => problem(422),
  ),
};

/** Makes the server declare floating-point samples in its capabilities and in the Content-Type of each sound. */
function saysFloats(): Lie {
  return {
    respond: (honest) => async (request) => {
      const answer = await honest(request);
      if (isCall(request, "GET", "/capabilities"))
        return Response.json({ ...((await answer.json()) as object), contentTypes: [floatType] });
      if (!isCall(request, "POST", "/generate") || answer.status !== 200) return answer;
      const headers = new Headers(answer.headers);
      headers.set("content-type", floatType);
      return new Response(answer.body, { headers });
    },
  };
}

export const bodyLies: Readonly<Record<string, Lie>> = {
  "body.content-type": withHeader("content-type", "application/octet-stream"),
  "body.streamed": changedBody(async (answer) => {
    const bytes = await answer.bytes();
    const headers = new Headers(answer.headers);
    headers.set("content-length", String(bytes.length));
    return new Response(bytes, { headers });
  }),
  "body.whole": withChunks((chunks) => [...chunks.slice(0, -1), chunks.at(-1)!.subarray(0, -100)]),
  "body.headers": withHeader("x-duration-seconds", "180"),
  "body.title": withHeader("x-title", "100% piano"),
};

const sampleRate = 44_100;

export const formatLies: Readonly<Record<string, Lie>> = {
  "format.mp3": changedBody(
    () => new Response("<!doctype html><p>Out of credits", { headers: { "content-type": "audio/mpeg" } }),
  ),
  "format.wav": {
    options: {
      formats: {
        "audio/wav": async function* ({ durationSeconds }) {
          yield wavHeader(durationSeconds * sampleRate * 8);
          for (const block of toneBlocks(durationSeconds, 440)) yield encoded(block, "s16le");
        },
      },
    },
  },
  "format.flac": {
    options: {
      formats: {
        "audio/flac": async function* () {
          yield new TextEncoder().encode("OggS and no FLAC");
        },
      },
    },
  },
  "format.l16": {
    options: {
      formats: {
        [l16Type]: async function* ({ durationSeconds }) {
          for (const block of toneBlocks(durationSeconds, 440)) yield encoded(block, "s16le");
        },
      },
    },
  },
  "format.pcm": {
    options: {
      formats: {
        [floatType.replace("44100", "22050")]: async function* ({ durationSeconds }) {
          for (const block of toneBlocks(durationSeconds, 440)) yield encoded(block, "f32le");
        },
      },
    },
  },
};

export { halved, inOnePiece };
