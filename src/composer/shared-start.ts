// Compares two pieces whose plans differ only in length, and computes how far their MP3 files are equal from the
// beginning. Only the scores are compared, so this is possible before any sound is made.

import { isDeepStrictEqual } from "node:util";
import { bytesOfFrames, frameBytesMin, samplesPerFrame } from "./mp3/frames.ts";
import { createHead } from "./mp3/head.ts";
import { composePiece, type Piece } from "./score/piece.ts";
import { lookAhead } from "./sound/limiter.ts";
import { targetLufsOf } from "./sound/loudness.ts";
import { sliceSamples } from "./sound/synth.ts";
import { type MusicSpec, samplesOf } from "./spec.ts";

/** Describes which part at the beginning of a piece's MP3 file is equal in the file of another piece. */
export interface SharedBeginning {
  /**
   * The first bytes of the piece's file. The head contains the length of the piece, so the other
   * file has a different head.
   */
  readonly head: Uint8Array;
  /** The offset in bytes at which the equal part ends. The equal part begins after the head. */
  readonly bytes: number;
}

/**
 * The number of frames that are not counted as equal although they end before the first different sample. A frame
 * before this sample can differ for two reasons. LAME looks one frame ahead, which concerns one frame. The data of a
 * frame can begin up to 511 bytes before the frame (ISO 11172-3, main_data_begin), which concerns two frames. One more
 * frame is a margin.
 */
const framesHeldBack = 4;

/**
 * Returns where the equal part of both files ends (only complete frames count), and the head of the
 * piece of `spec`. Returns undefined if the specs differ in more than the length, or if the files
 * have no equal part.
 */
export const sharedStartOf = (spec: MusicSpec, other: MusicSpec): SharedBeginning | undefined => {
  if (!isDeepStrictEqual({ ...spec, durationSeconds: 0 }, { ...other, durationSeconds: 0 })) return undefined;
  // With different loudness targets, the sound differs from the first sample on.
  if (targetLufsOf(spec.durationSeconds) !== targetLufsOf(other.durationSeconds)) return undefined;
  const [one, two] = [composePiece(spec), composePiece(other)];
  const alike = Math.floor(one.timing.barStart(barsAlike(one, two, spec)));
  const heard = alike - (alike % sliceSamples) - lookAhead;
  const frames = Math.floor(heard / samplesPerFrame) - framesHeldBack;
  if (frames <= 0) return undefined;
  return { head: createHead(samplesOf(spec)), bytes: frameBytesMin + bytesOfFrames(frames) };
};

/**
 * Returns the number of equal bars at the start. The bar of a piece's last chord never counts as equal, because that
 * chord rings to the end of the piece.
 */
const barsAlike = (one: Piece, two: Piece, spec: MusicSpec): number => {
  const most = Math.min(one.timing.bars, two.timing.bars);
  const from = firstToCompare(one, two, spec);
  for (let bar = 0; bar < most; bar++) {
    // A tempo that rises to the end of the piece rises more slowly in a longer piece.
    if (one.timing.barStart(bar + 1) !== two.timing.barStart(bar + 1)) return bar;
    if (bar >= from && !isDeepStrictEqual(soundOf(one, bar), soundOf(two, bar))) return bar;
  }
  return most;
};

/**
 * Returns the first bar whose notes have to be compared. The earlier bars are certainly equal: the notes of a bar
 * depend only on its section and on the first chord of the next bar. So if both pieces begin with equal sections, only
 * the last bar of these sections can differ. Exception: if the spec has `places`, all bars have to be compared. A place
 * such as "without bass in the second half" begins at another bar in a longer piece, even in the middle of a section.
 */
const firstToCompare = (one: Piece, two: Piece, spec: MusicSpec): number => {
  if (spec.places.length > 0) return 0;
  const firstOther = one.sections.findIndex((section, at) => !isDeepStrictEqual(section, two.sections[at]));
  return (one.sections[firstOther]?.firstBar ?? Math.min(one.timing.bars, two.timing.bars)) - 1;
};

/** Returns everything in a bar that affects its sound. */
const soundOf = (piece: Piece, index: number) => {
  const { notes, faders, section } = piece.barOf(index);
  return { notes, faders, levelDb: section.levelDb };
};
