// Gives audio to an audio intake, which converts the audio to MP3. Collects all chunks that the intake returns, for
// tests.
import type { AudioIntake, SourceFormat } from "../../ports/generator/audio-intake.ts";
import type { GeneratedChunk } from "../../ports/generator/generator.ts";
import { inParts } from "./sources.ts";

export interface Taken {
  readonly chunks: readonly GeneratedChunk[];
  /** The joined chunks. */
  readonly mp3: Uint8Array<ArrayBuffer>;
  /** The end of the last chunk, as the chunk declares it; 0 without chunks. */
  readonly durationMs: number;
  /** The error that the intake threw; undefined if there was none. `takeAll` doesn't throw it. */
  readonly failure: unknown;
}

export interface TakeOptions {
  readonly format?: SourceFormat;
  readonly durationMs?: number;
  readonly fade?: boolean;
  readonly partBytes?: number;
  readonly signal?: AbortSignal;
}

export async function takeAll(
  intake: AudioIntake,
  source: Uint8Array | AsyncIterable<Uint8Array>,
  options: TakeOptions = {},
): Promise<Taken> {
  const { format, durationMs = 60_000, fade, partBytes, signal = new AbortController().signal } = options;
  const parts = source instanceof Uint8Array ? inParts(source, partBytes) : source;
  const chunks: GeneratedChunk[] = [];
  let failure: unknown;
  try {
    const wanted = { format, durationMs, ...(fade === undefined ? {} : { fade }) };
    for await (const chunk of intake.take(parts, wanted, signal)) chunks.push(chunk);
  } catch (err) {
    failure = err;
  }
  const last = chunks.at(-1);
  return {
    chunks,
    mp3: new Uint8Array(Buffer.concat(chunks.map(({ bytes }) => bytes))),
    durationMs: last === undefined ? 0 : last.startMs + last.durationMs,
    failure,
  };
}
