// Makes a piece from the audio of a source. A longer source is cut to the wanted length, and a
// shorter source gives a shorter piece. The audio is encoded as MP3, unless the source already
// consists of suitable MP3 frames: then these frames are used unchanged ("passed on").

import { createMp3Encoder, type Mp3Encoder } from "../composer/mp3/encoder.ts";
import { declaredDelay } from "../composer/mp3/frames.ts";
import { createOpenHead } from "../composer/mp3/head.ts";
import type { GeneratedChunk } from "../ports/generator/generator.ts";
import { createChunkCutter } from "./chunks.ts";
import { type Ending, endingOf } from "./ending.ts";
import { fadeFrame } from "./mp3/fade-frame.ts";
import { outputRate } from "./sound/resample.ts";
import type { Stereo } from "./sound/stereo.ts";

/** A part of the source's audio, decoded, at 44.1 kHz. `frame` is its MP3 frame, if the frame is passed on. */
interface Part extends Stereo {
  readonly frame?: Uint8Array;
}

export interface Piece {
  /**
   * True as soon as the piece has reached the wanted length, or `finish` was called. After that, `add` ignores further
   * parts.
   */
  readonly isDone: boolean;
  readonly chunks: number;
  /** Must not be called before the previous call has ended. */
  add(part: Part): Promise<void>;
  /**
   * Must be called when the source has no further data at the moment. Listeners then get a small chunk with the audio
   * that has arrived, and don't wait for a full chunk.
   */
  hurry(): void;
  /** Ends the piece where the source ended. A second call does nothing. */
  finish(): Promise<void>;
}

export interface PieceOptions {
  readonly durationMs: number;
  /** See `fade` of `IntakeOptions`. */
  readonly fade: boolean | undefined;
  readonly lame: () => Promise<WebAssembly.Module>;
  /**
   * Returns the number of samples that the source's encoder added at the beginning, or undefined if the source doesn't
   * declare it. Used only when the source's frames are passed on.
   */
  readonly delayOfSource: () => number | undefined;
  readonly onChunk: (chunk: GeneratedChunk) => void;
}

interface PlacedPart extends Part {
  /**
   * The position of the part's first sample in the piece. Negative for samples before the piece, which the encoder and
   * the decoder added.
   */
  readonly start: number;
}

/** The number of samples that a decoder adds to the delay of the encoder. */
const decoderDelay = 529;

export function createPiece({ durationMs, fade, lame, delayOfSource, onChunk }: PieceOptions): Piece {
  const ending = endingOf({ samples: Math.round((durationMs * outputRate) / 1000), fade });
  let isPassedOn = false;
  const chunks = createChunkCutter(
    () => createOpenHead(isPassedOn ? (delayOfSource() ?? 0) : declaredDelay),
    onChunk,
  );
  let encoder: Mp3Encoder | undefined;
  let held: PlacedPart[] = [];
  let position: number | undefined;
  let isDone = false;

  const emit = async (part: PlacedPart, gainAt?: Ending["gainAt"]): Promise<void> => {
    const { left, right, start, frame } = gainAt === undefined ? part : faded(part, gainAt);
    const kept = Math.max(0, Math.min(left.length, ending.samples - start));
    if (kept === 0) return;
    // The delay of the encoder is not part of the piece.
    const from = Math.min(kept, Math.max(0, -start));
    chunks.addSound(left.subarray(from, kept), right.subarray(from, kept));
    if (frame !== undefined) return chunks.addFrames({ bytes: frame, frames: 1 });
    encoder ??= await createMp3Encoder(await lame());
    chunks.addFrames(encoder.encode(left.subarray(0, kept), right.subarray(0, kept)));
  };

  const release = async (gainAt?: Ending["gainAt"]): Promise<void> => {
    const parts = held;
    held = [];
    for (const part of parts) await emit(part, gainAt);
  };

  const finish = async (): Promise<void> => {
    if (isDone) return;
    isDone = true;
    const end = position ?? 0;
    await release(end > ending.samples ? ending.shortGainAt : undefined);
    if (encoder !== undefined) chunks.addFrames(encoder.finish());
    chunks.finish(Math.min(end, ending.samples));
  };

  const add = async (part: Part): Promise<void> => {
    if (isDone) return;
    if (position === undefined) {
      isPassedOn = part.frame !== undefined;
      position = isPassedOn ? -(delayOfSource() ?? declaredDelay) - decoderDelay : 0;
    }
    const placed = { ...part, start: position };
    position += part.left.length;
    if (position <= ending.fadeFrom) return emit(placed);
    if (ending.isLonger) await emit(placed, ending.gainAt);
    else held.push(placed);
    if (position < ending.longerFrom) return;
    await release(ending.gainAt);
    await finish();
  };
  return {
    get isDone() {
      return isDone;
    },
    get chunks() {
      return chunks.count;
    },
    add,
    hurry: chunks.hurry,
    finish,
  };
}

function faded(part: PlacedPart, gainAt: Ending["gainAt"]): PlacedPart {
  const { left, right, start, frame } = part;
  const quieter = (channel: Float32Array): Float32Array =>
    channel.map((value, at) => value * gainAt(start + at));
  return {
    left: quieter(left),
    right: quieter(right),
    start,
    ...(frame === undefined ? {} : { frame: fadeFrame(frame, (sample) => gainAt(start + sample)) }),
  };
}
