// Defines a fast generator for tests of the generator contract. This generator makes a tone whose pitch depends on the
// seed. A long piece is made slowly, so that a test can cancel it.
import { checkRequest } from "../../ports/generator/check-request.ts";
import { AppError } from "../../errors.ts";
import type { GeneratedChunk, Generator } from "../../ports/generator/generator.ts";
import { pauseOf } from "../../ports/generator/remote/poll.ts";
import { createTone } from "../sound/tone.ts";

export const toneSeconds = { secondsMin: 1, secondsMax: 30 };

/** A piece with more seconds than this is made slowly: each second of sound takes `paceMs`. */
const quickSeconds = 10;
const paceMs = 100;

const tones = new Map<string, Promise<readonly Uint8Array[]>>();

export const hertzOf = (seed: number): number => 220 + 20 * (seed % 37);

export function toneOf(seconds: number, hertz: number): Promise<readonly Uint8Array[]> {
  const key = `${seconds} ${hertz}`;
  const made =
    tones.get(key) ?? (seconds > quickSeconds ? longTone(seconds, hertz) : createTone(seconds, hertz));
  tones.set(key, made);
  return made;
}

/** Repeats one second of a tone of ten seconds, because the encoding of a whole long tone would take long. */
async function longTone(seconds: number, hertz: number): Promise<readonly Uint8Array[]> {
  const chunks = await toneOf(quickSeconds, hertz);
  const repeated = Array.from({ length: seconds - quickSeconds }, () => chunks[5]!);
  return [...chunks.slice(0, 5), ...repeated, ...chunks.slice(5)];
}

export const createToneGenerator = (): Generator => ({
  name: "tone",
  deterministic: true,
  canResume: false,
  durationOf: () => undefined,
  async start(request, signal) {
    checkRequest(request, toneSeconds);
    const { durationSeconds, seed, prompt } = request;
    const chunks = await toneOf(durationSeconds, hertzOf(seed));
    const plannedBytes = chunks.reduce((sum, { length }) => sum + length, 0);
    const plan = { title: prompt, contentType: "audio/mpeg", durationMs: durationSeconds * 1000 } as const;
    const isPaced = durationSeconds > quickSeconds;
    return {
      plan: { ...plan, plannedBytes, spec: {} },
      chunks: (async function* () {
        for (const [index, bytes] of chunks.entries()) {
          if (isPaced) await pauseOf(paceMs, signal);
          yield chunkOf(bytes, index);
        }
      })(),
    };
  },
  revise: () => Promise.reject(new AppError("INVALID_PARAMETER", "A tone can't be changed.")),
  async close() {},
});

export const chunkOf = (bytes: Uint8Array, index: number): GeneratedChunk => ({
  bytes,
  startMs: index * 1000,
  durationMs: 1000,
  peaks: new Int8Array(100),
  section: undefined,
  bar: undefined,
});
