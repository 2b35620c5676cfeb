// Renders a spec to the chunks of an MP3, a little at a time, so that several pieces can share one
// thread.

import type { ComposedChunk } from "./chunk.ts";
import { createMp3Encoder, type EncodedFrames } from "./mp3/encoder.ts";
import { plannedBytesOf, samplesPerFrame } from "./mp3/frames.ts";
import { createHead, createOpenHead } from "./mp3/head.ts";
import { barMarksIn } from "./notation/bar-mark.ts";
import { createPeakMeter } from "./peaks.ts";
import { composeEndless } from "./score/endless-piece.ts";
import { composePiece, type Piece } from "./score/piece.ts";
import type { Bank } from "./sound/bank.ts";
import { blockSamples, createMaster } from "./sound/master.ts";
import { type MusicSpec, sampleRate } from "./spec.ts";

/** Resources that are loaded once per thread and shared by all pieces of the thread. */
export interface Studio {
  readonly bank: Bank;
  readonly lame: WebAssembly.Module;
}

export interface Rendering {
  /** The size of the file in bytes; undefined for an endless piece. */
  readonly plannedBytes: number | undefined;
  /**
   * Works for some tens of milliseconds. Returns a chunk if this call completed one, otherwise
   * undefined. After the last chunk and after `close`, returns undefined at once.
   */
  step(): ComposedChunk | undefined;
  /** Whether the last chunk was returned, or `close` was called. */
  readonly isDone: boolean;
  /** Can be called twice, and before the end of the piece. */
  close(): void;
}

/**
 * The number of frames in the first chunk. The first chunk is half as long as the others, so that the sound begins
 * sooner.
 */
const firstChunkFrames = 19;
const chunkFrames = 38;
const framesPerStep = 10;

export const startRendering = async (spec: MusicSpec, studio: Studio): Promise<Rendering> => {
  const isEndless = spec.endlessSeconds !== undefined;
  const piece = isEndless ? composeEndless(spec) : composePiece(spec);
  const { samples } = piece.timing;
  const [master, encoder] = await Promise.all([
    createMaster(piece, studio.bank),
    createMp3Encoder(studio.lame),
  ]);
  const peaks = createPeakMeter(sampleRate);
  const left = new Float32Array(blockSamples);
  const right = new Float32Array(blockSamples);
  let rendered = 0;
  let pending: Uint8Array[] = [isEndless ? createOpenHead() : createHead(samples)];
  let pendingFrames = 0;
  let sentFrames = 0;
  let isDone = false;

  const collect = ({ bytes, frames }: EncodedFrames): void => {
    pending.push(bytes);
    pendingFrames += frames;
  };
  const cut = (): ComposedChunk => {
    const startMs = (sentFrames * samplesPerFrame * 1000) / sampleRate;
    const isLast = isDone;
    const endSamples = isLast ? samples : (sentFrames + pendingFrames) * samplesPerFrame;
    const chunk: ComposedChunk = {
      bytes: joined(pending),
      startMs: Math.round(startMs),
      durationMs: Math.round((endSamples * 1000) / sampleRate) - Math.round(startMs),
      peaks: peaks.take({ withRest: isLast }),
      ...placeOf(piece, sentFrames * samplesPerFrame, endSamples),
    };
    sentFrames += pendingFrames;
    pending = [];
    pendingFrames = 0;
    return chunk;
  };
  return {
    plannedBytes: isEndless ? undefined : plannedBytesOf(samples),
    get isDone() {
      return isDone;
    },
    step: () => {
      if (isDone) return undefined;
      for (let block = 0; block < framesPerStep && rendered < samples; block++) {
        const count = Math.min(blockSamples, samples - rendered);
        master.render(left, right, count);
        peaks.add(left, right, count);
        collect(encoder.encode(left.subarray(0, count), right.subarray(0, count)));
        rendered += count;
        const wanted = sentFrames === 0 ? firstChunkFrames : chunkFrames;
        if (pendingFrames >= wanted && rendered < samples) return cut();
      }
      if (rendered < samples) return undefined;
      collect(encoder.finish());
      isDone = true;
      master.close();
      return cut();
    },
    close: () => {
      if (isDone) return;
      isDone = true;
      master.close();
    },
  };
};

/** Returns the section in which the chunk begins, and the bars that begin within the chunk. */
const placeOf = (
  piece: Piece,
  start: number,
  end: number,
): Pick<ComposedChunk, "section" | "bar" | "bars"> => {
  const bars = barMarksIn(piece, start, end);
  return { section: piece.sectionOf(piece.timing.barAt(start)).kind, bar: bars[0]?.bar, bars };
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
