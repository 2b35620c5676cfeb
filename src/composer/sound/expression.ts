// Adds what a musician does in addition to the notes. Vibrato grows during a long note of the
// melody or the countermelody. In calm music, the pedal of a piano or an electric piano is released
// and pressed again at each chord.

import type { InstrumentName } from "../instruments.ts";
import type { Bar } from "../score/bar.ts";
import type { MusicSpec } from "../spec.ts";
import type { PitchedPart } from "../styles/style.ts";

export interface Control {
  readonly part: PitchedPart;
  /** The position in quarter notes after the beginning of the bar. */
  readonly beat: number;
  readonly controller: "vibrato" | "pedal";
  readonly value: number;
}

/**
 * Returns the changes of vibrato and pedal in a bar. `secondsPerBeat` is the length of a quarter note. Version 1 of the
 * composer has neither vibrato nor pedal.
 */
export const expressionOf = (spec: MusicSpec, bar: Bar, secondsPerBeat: number): readonly Control[] =>
  spec.composerVersion === 1 ? [] : [...vibratoOf(spec, bar, secondsPerBeat), ...pedalOf(spec, bar)];

/** The instruments that are played with vibrato. */
const singing = new Set<InstrumentName>([
  "violin",
  "viola",
  "cello",
  "fiddle",
  "flute",
  "oboe",
  "english horn",
  "bassoon",
  "soprano sax",
  "alto sax",
  "tenor sax",
  "trumpet",
  "trombone",
  "french horn",
  "shakuhachi",
  "pan flute",
  "recorder",
  "harmonica",
  "choir",
  "humming voices",
  "overdriven guitar",
]);

const longSeconds = 0.55;
const delaySeconds = 0.25;
/** The maximum vibrato as a MIDI value. This value changes the pitch by about 20 cents. */
const depthMax = 52;

const vibratoOf = (spec: MusicSpec, { notes }: Bar, secondsPerBeat: number): readonly Control[] =>
  (["lead", "counter"] as const).flatMap((part) => {
    const player = spec.parts[part];
    if (player === null || !singing.has(player)) return [];
    return notes
      .filter((note) => note.part === part && note.beats * secondsPerBeat >= longSeconds)
      .flatMap(({ beat, beats }) => {
        const start = beat + delaySeconds / secondsPerBeat;
        const rise = [0.25, 0.5, 0.75, 1].map((share) => ({
          beat: start + (beat + beats - start) * share * 0.7,
          value: Math.round(depthMax * share),
        }));
        return [...rise, { beat: beat + beats, value: 0 }].map((move) => ({
          ...move,
          part,
          controller: "vibrato" as const,
        }));
      });
  });

const pedalled = new Set<InstrumentName>(["piano", "electric piano"]);
const calmMax = 0.55;

const pedalOf = (spec: MusicSpec, { harmony, notes }: Bar): readonly Control[] => {
  const player = spec.parts.chords;
  const isPedalled = player !== null && pedalled.has(player) && spec.energy <= calmMax;
  if (!isPedalled || spec.feel.some((feel) => feel === "staccato" || feel === "montuno" || feel === "skank"))
    return [];
  if (!notes.some(({ part }) => part === "chords")) return [];
  return harmony.flatMap(({ at }) => [
    { part: "chords" as const, beat: at / 4, controller: "pedal" as const, value: 0 },
    { part: "chords" as const, beat: at / 4 + 0.2, controller: "pedal" as const, value: 127 },
  ]);
};
