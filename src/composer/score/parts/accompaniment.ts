// Composes chords, pads and arpeggios, which are three ways to play the same voicing.

import type { MusicSpec } from "../../spec.ts";
import { meters } from "../time/meter.ts";
import type { BarHarmony, ChordSpan } from "../harmony/harmony.ts";
import { stepsOf } from "./pattern.ts";
import type { Voicing } from "../harmony/voicing.ts";

export interface HeldNote {
  /** The position in sixteenths from the bar's beginning. */
  readonly at: number;
  /** The length in sixteenths. */
  readonly length: number;
  /** The MIDI note number. */
  readonly pitch: number;
  /** How hard the note is played, from 0 to 1. The loudness of the section is not included; it is applied later. */
  readonly force: number;
  /**
   * The position of the note in a strummed chord, counted from 0. Each note sounds a little later
   * than the previous one.
   */
  readonly order: number;
}

/** The voicings of one bar, one for each chord of the bar and in the same order. */
export type BarVoicings = readonly Voicing[];

/**
 * The symbols of the pattern: "x" strikes the whole voicing, and "b" strikes a low root of the chord. A number strikes
 * one note of the voicing, counted from 1 for the lowest. After the highest note, the count starts again at the lowest.
 */
export const composeComping = (
  spec: MusicSpec,
  pattern: string,
  bar: BarHarmony,
  voicings: BarVoicings,
): readonly HeldNote[] => {
  const { steps: sixteenths } = meters[spec.meter];
  const steps = stepsOf(withChanges(pattern, bar, sixteenths), sixteenths);
  return steps.flatMap(({ at, length, symbol }) => {
    const { span, voicing } = soundingAt(bar, voicings, at);
    const force = at % 8 === 0 ? 0.92 : at % 4 === 0 ? 0.84 : 0.76;
    const held = Math.min(length, span.at + span.length - at);
    if (symbol === "x") return voicing.map((pitch, order) => ({ at, length: held, pitch, force, order }));
    if (symbol === "b") {
      const low = 36 + ((((span.chord.root - 36) % 12) + 12) % 12);
      // The bass note of the chord is held until the chord changes, as with a piano's pedal.
      return [{ at, length: span.at + span.length - at, pitch: low, force, order: 0 }];
    }
    const pitch = voicing[(Number(symbol) - 1) % voicing.length];
    return pitch === undefined
      ? []
      : [{ at, length: Math.max(held, 2), pitch, force: force * 0.9, order: 0 }];
  });
};

export const composePad = (bar: BarHarmony, voicings: BarVoicings): readonly HeldNote[] =>
  bar.flatMap((span, index) =>
    (voicings[index] ?? [])
      .slice(1)
      .map((pitch) => ({ at: span.at, length: span.length, pitch, force: 0.7, order: 0 })),
  );

/**
 * A number in the pattern stands for a note of the voicing, played one octave higher: 1 for the lowest note, 2 for the
 * next one. After the highest note, the numbers go on with the lowest note again, two octaves higher: in a voicing of
 * three notes, 4 is the lowest note two octaves higher. A note above MIDI note 91 is lowered by an octave.
 */
export const composeArpeggio = (
  spec: MusicSpec,
  pattern: string,
  bar: BarHarmony,
  voicings: BarVoicings,
): readonly HeldNote[] =>
  stepsOf(pattern, meters[spec.meter].steps).map(({ at, length, symbol }) => {
    const { voicing } = soundingAt(bar, voicings, at);
    const step = Number(symbol) - 1;
    const octave = Math.floor(step / voicing.length);
    const pitch = (voicing[step % voicing.length] ?? 60) + 12 * (octave + 1);
    return {
      at,
      length: Math.max(length, 1),
      pitch: pitch > 91 ? pitch - 12 : pitch,
      force: at % 4 === 0 ? 0.8 : 0.64,
      order: 0,
    };
  });

const soundingAt = (
  bar: BarHarmony,
  voicings: BarVoicings,
  at: number,
): { span: ChordSpan; voicing: Voicing } => {
  const found = bar.findLastIndex((span) => span.at <= at);
  const index = Math.max(0, found);
  return { span: bar[index] ?? bar[0], voicing: voicings[index] ?? [] };
};

/**
 * Adapts the pattern to a bar with two chords. If a held note ("-") of the pattern would last across the change of the
 * chord, the second chord is struck ("x") at the change. This applies only to patterns that begin with "x".
 */
const withChanges = (pattern: string, bar: BarHarmony, sixteenths: number): string => {
  const second = bar[1];
  if (second === undefined) return pattern;
  const steps = Array.from({ length: sixteenths }, (_, at) => pattern[at % pattern.length] ?? ".");
  if (steps[second.at] === "-" && steps[0] === "x") steps[second.at] = "x";
  return steps.join("");
};
