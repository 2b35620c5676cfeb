// Moves the faders of a bar: a kick can lower the volume of the accompaniment, the volume of the
// bass can change in a rhythm, and the melody gets louder and softer within its phrase.
import type { MusicSpec } from "../spec.ts";
import { styleOf } from "../styles/all-styles.ts";
import type { Section } from "./form/form.ts";
import type { FaderMove } from "./note.ts";
import { quartersOf } from "./time/meter.ts";

interface BarPlace {
  readonly section: Section;
  /** The number of the bar within its section, counted from 0. */
  readonly place: number;
  /** The number of the bar within the piece, counted from 0. */
  readonly index: number;
  /** The beats at which the bass drum is played. */
  readonly kicks: readonly number[];
}

/** Returns the fader moves of a bar, in the order of their beats. */
export const fadersOf = (spec: MusicSpec, { section, place, index, kicks }: BarPlace): readonly FaderMove[] =>
  [
    ...accompanimentOf(spec, section, place, kicks),
    ...wobbleOf(spec, section, index),
    ...phrasesOf(spec, place),
  ].toSorted((one, other) => one.beat - other.beat);

/**
 * Returns fader moves that make the melody and the second voice louder towards the middle of a
 * four-bar phrase, and softer again. Version 1 of the composer has no such moves.
 */
const phrasesOf = (spec: MusicSpec, place: number): readonly FaderMove[] => {
  if (spec.composerVersion === 1) return [];
  const quarters = quartersOf(spec.meter);
  return (["lead", "counter"] as const).flatMap((part) =>
    Array.from({ length: 4 }, (_, step) => {
      const progress = ((place % 4) + step / 4) / 4;
      return { part, beat: (quarters * step) / 4, level: Math.round(96 + 31 * Math.sin(Math.PI * progress)) };
    }),
  );
};

/**
 * Returns fader moves that change the volume of the bass in a rhythm: in eighths, triplets or sixteenths, depending on
 * the bar. Only choruses of a piece with the feel "wobble" have them.
 */
const wobbleOf = (spec: MusicSpec, section: Section, index: number): readonly FaderMove[] => {
  if (!spec.feel.includes("wobble") || section.kind !== "chorus") return [];
  const rate = [0.5, 1 / 3, 0.25, 0.5][index % 4] ?? 0.5;
  const moves: FaderMove[] = [];
  for (let beat = 0; beat < quartersOf(spec.meter) - 0.01; beat += rate / 4) {
    const phase = (beat % rate) / rate;
    moves.push({ part: "bass", beat, level: Math.round(40 + 87 * Math.sin(Math.PI * phase) ** 0.7) });
  }
  return moves;
};

/**
 * Returns the fader moves of the chords, the pad and the arpeggio in a bar. In intros, breaks and
 * outros, these three parts are louder, because fewer parts play. During a build-up, they get
 * louder. If the style has ducking or the piece has the feel "sidechain", each kick lowers their
 * volume for a moment, in all sections except intros and build-ups.
 */
const accompanimentOf = (
  spec: MusicSpec,
  section: Section,
  place: number,
  kicks: readonly number[],
): readonly FaderMove[] => {
  const style = styleOf(spec);
  const ducking = spec.feel.includes("sidechain") ? Math.max(0.55, style.ducking) : style.ducking;
  const quarters = quartersOf(spec.meter);
  const moves: FaderMove[] = [];
  const rest = section.kind === "intro" || section.kind === "break" || section.kind === "outro" ? 124 : 96;
  for (const part of yielding) {
    if (section.kind === "build") {
      for (let beat = 0; beat < quarters; beat++) {
        const progress = (place + beat / quarters) / section.bars;
        moves.push({ part, beat, level: Math.round(88 + 36 * progress) });
      }
      continue;
    }
    moves.push({ part, beat: 0, level: rest });
    if (ducking === 0 || section.kind === "intro") continue;
    for (const kick of kicks) {
      for (let step = 0; step <= duckSteps; step++) {
        const back = step / duckSteps;
        const level = Math.round(rest * (1 - ducking * (1 - back) ** 1.5));
        moves.push({ part, beat: kick + back * 0.7, level });
      }
    }
  }
  return moves.filter(({ beat }) => beat < quarters).toSorted((one, other) => one.beat - other.beat);
};

/** The parts whose volume a kick can lower. */
export const yielding = ["chords", "pad", "arp"] as const;
const duckSteps = 6;
