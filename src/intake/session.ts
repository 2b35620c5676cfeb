// Converts one source (the audio that a generator sends for one piece) to chunks. Works in steps of a few milliseconds,
// so that many sessions can share a thread.

import { AppError } from "../errors.ts";
import type { SourceFormat } from "../ports/generator/audio-intake.ts";
import type { GeneratedChunk } from "../ports/generator/generator.ts";
import { failed } from "./failed.ts";
import { createWaitingBytes } from "./formats/bytes.ts";
import { chooseFormat, firstBytesNeeded } from "./formats/choose-format.ts";
import { openDecoder, type OpenDecoder } from "./formats/open-decoder.ts";
import type { Sound } from "./formats/source-decoder.ts";
import { createPiece } from "./piece.ts";
import { createSoundJudge, type SoundJudge } from "./sound/judge.ts";
import { createResampler, type Resampler } from "./sound/resample.ts";
import { mixToStereo, type Stereo } from "./sound/stereo.ts";

export interface SessionOptions {
  readonly format: SourceFormat | undefined;
  readonly durationMs: number;
  readonly fade: boolean | undefined;
  readonly lame: () => Promise<WebAssembly.Module>;
  readonly onChunk: (chunk: GeneratedChunk) => void;
  /** Is called when the session begins to decode a portion of the added bytes, with the size of this portion. */
  readonly onTaken: (bytes: number) => void;
}

export interface Session {
  /** Whether `step` has work to do now. False after `close`. */
  readonly canStep: boolean;
  /** Whether all chunks were passed to `onChunk`. If the source sends more bytes after that, they are ignored. */
  readonly isDone: boolean;
  add(bytes: Uint8Array): void;
  /**
   * Must be called when the source has ended. `isWhole` is false if the source failed. The bytes that were added before
   * the failure still become chunks.
   */
  end(options: { readonly isWhole: boolean }): void;
  /**
   * Does one step. Throws GENERATION_FAILED in the same cases as `AudioIntake`. Call `step` only if `canStep` is true
   * and the previous step has ended.
   */
  step(): Promise<void>;
  /** Frees the decoder. Must not be called during a step. */
  close(): void;
}

const samplesPerStep = 4096;

export function startSession({ format, durationMs, fade, lame, onChunk, onTaken }: SessionOptions): Session {
  const waiting = createWaitingBytes();
  const piece = createPiece({ durationMs, fade, lame, delayOfSource: () => decoder?.delay, onChunk });
  let decoder: OpenDecoder | undefined;
  let judge: SoundJudge | undefined;
  let resampler: (Resampler & { readonly from: number }) | undefined;
  let sounds: Sound[] = [];
  let ending: { readonly isWhole: boolean } | undefined;
  let isDecodedToEnd = false;
  let isClosed = false;

  const canDecode = (): boolean => waiting.length >= (decoder === undefined ? firstBytesNeeded : 1);

  const step = async (): Promise<void> => {
    if (sounds.length > 0) return useSound();
    if (decoder === undefined) return open();
    if (waiting.length > 0) return decode(decoder);
    if (ending?.isWhole === true && !isDecodedToEnd) {
      isDecodedToEnd = true;
      sounds.push(...(await decoder.end()));
      return;
    }
    if (ending !== undefined) await finish();
  };

  const open = async (): Promise<void> => {
    if (ending?.isWhole === false && !canDecode()) return piece.finish();
    const first = waiting.peek(firstBytesNeeded).slice();
    decoder = await openDecoder(chooseFormat(format, first), first);
    judge = createSoundJudge({ isRaw: decoder.isRaw });
  };

  const decode = async (current: OpenDecoder): Promise<void> => {
    const bytes = waiting.take(current.portionBytes);
    onTaken(bytes.length);
    sounds.push(...(await current.decode(bytes)));
    if (sounds.length === 0 && waiting.length === 0) piece.hurry();
  };

  const useSound = async (): Promise<void> => {
    const [sound, ...others] = sounds;
    const { now, later } = splitSound(sound!);
    sounds = later === undefined ? others : [later, ...others];
    judge?.add(now);
    await piece.add(
      now.frame === undefined ? convert(now) : { ...mixToStereo(now.channels), frame: now.frame },
    );
    // When the piece has reached its wanted length, the session doesn't wait for the end of the source.
    if (piece.isDone) return judge?.end();
    if (sounds.length === 0 && waiting.length === 0) piece.hurry();
  };

  const convert = (sound: Sound): Stereo => {
    const { sampleRate } = sound;
    resampler ??= { ...createResampler(sampleRate), from: sampleRate };
    if (resampler.from !== sampleRate) throw failed("The source changes its sample rate in the middle.");
    return resampler.convert(mixToStereo(sound.channels));
  };

  const finish = async (): Promise<void> => {
    if (resampler !== undefined) await piece.add(resampler.finish());
    await piece.finish();
    if (ending?.isWhole === true) judge?.end();
  };

  const close = (): void => {
    isClosed = true;
    sounds = [];
    decoder?.free();
  };
  return {
    get canStep() {
      if (isClosed || piece.isDone) return false;
      return sounds.length > 0 || ending !== undefined || canDecode();
    },
    get isDone() {
      return piece.isDone;
    },
    add: (bytes) => waiting.add(bytes),
    end: (how) => {
      ending = how;
    },
    step: async () => {
      try {
        await step();
      } catch (err) {
        // If a chunk was already made, the remaining audio before the error becomes the last chunk. If no chunk was
        // made, this audio is dropped.
        if (piece.chunks > 0) await piece.finish();
        throw err instanceof AppError ? err : damaged(err);
      }
    },
    close,
  };
}

const damaged = (cause: unknown): AppError =>
  new AppError("GENERATION_FAILED", "The source is damaged: its decoder failed.", { cause });

/** Splits off the audio for this step. A sound that is one unchanged MP3 frame of the source is not divided. */
function splitSound(sound: Sound): { readonly now: Sound; readonly later?: Sound } {
  const length = sound.channels[0]?.length ?? 0;
  if (sound.frame !== undefined || length <= samplesPerStep) return { now: sound };
  const part = (from: number, to: number): Sound => ({
    ...sound,
    channels: sound.channels.map((channel) => channel.subarray(from, to)),
  });
  return { now: part(0, samplesPerStep), later: part(samplesPerStep, length) };
}
