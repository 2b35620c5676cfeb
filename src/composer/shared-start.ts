// With how many bytes two pieces begin alike that differ in length alone: known from their scores, before any sound is made.

import { isDeepStrictEqual } from "node:util";
import type { SharedStart } from "../ports/generator/generator.ts";
import { bytesOfFrames, frameBytesMin, samplesPerFrame } from "./mp3/frames.ts";
import { createHead } from "./mp3/head.ts";
import { composePiece, type Piece } from "./score/piece.ts";
import { lookAhead } from "./sound/limiter.ts";
import { targetLufsOf } from "./sound/loudness.ts";
import { sliceSamples } from "./sound/synth.ts";
import { type MusicSpec, samplesOf } from "./spec.ts";

/**
 * Frames before the first sample that differs which may differ all the same: LAME looks a frame ahead, and puts
 * a frame's data into up to 511 free bytes before it (ISO 11172-3, main_data_begin), which are two frames; one to spare.
 */
const framesHeldBack = 4;

/** The part of `other`'s sound with which `spec` begins, in whole frames after its own head; undefined where there is none. */
export const sharedStartOf = (spec: MusicSpec, other: MusicSpec): SharedStart | undefined => {
  if (!isDeepStrictEqual({ ...spec, durationSeconds: 0 }, { ...other, durationSeconds: 0 })) return undefined;
  // Another loudness from the first sample on.
  if (targetLufsOf(spec.durationSeconds) !== targetLufsOf(other.durationSeconds)) return undefined;
  const [one, two] = [composePiece(spec), composePiece(other)];
  const alike = Math.floor(barsAlike(one, two) * one.timing.samplesPerBar);
  const heard = alike - (alike % sliceSamples) - lookAhead;
  const frames = Math.floor(heard / samplesPerFrame) - framesHeldBack;
  if (frames <= 0) return undefined;
  return { head: createHead(samplesOf(spec)), bytes: frameBytesMin + bytesOfFrames(frames) };
};

/** Without the last chord, which rings to the end and so is each piece's own. */
const barsAlike = (one: Piece, two: Piece): number => {
  const most = Math.min(one.timing.bars, two.timing.bars);
  // A bar follows from its section and from the chord that comes next, so what lies before need not be composed.
  const firstOther = one.sections.findIndex((section, at) => !isDeepStrictEqual(section, two.sections[at]));
  const from = one.sections[firstOther]?.firstBar ?? most;
  for (let bar = Math.max(0, from - 1); bar < most; bar++) {
    if (!isDeepStrictEqual(soundOf(one, bar), soundOf(two, bar))) return bar;
  }
  return most;
};

/** All of a bar that is heard. */
const soundOf = (piece: Piece, index: number) => {
  const { notes, faders, section } = piece.barOf(index);
  return { notes, faders, levelDb: section.levelDb };
};
