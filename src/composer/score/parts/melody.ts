// Composes the melody in phrases of four bars: a motif of two bars, the first bar of the motif again, and an ending.

import { type InstrumentName, instruments } from "../../instruments.ts";
import { createRandom, type Random } from "../../random.ts";
import type { MusicSpec } from "../../spec.ts";
import { styleOf } from "../../styles/all-styles.ts";
import type { Section } from "../form/form.ts";
import { type BarHarmony, type ChordTones, spanAt } from "../harmony/harmony.ts";
import { ladderOf, melodyScaleOf, nearestRung } from "./ladder.ts";
import { rhythmsOf } from "./melody-rhythms.ts";
import { meters } from "../time/meter.ts";
import { type PatternStep, stepsOf } from "./pattern.ts";

export interface MelodyNote {
  /** The position in sixteenths from the bar's beginning. */
  readonly at: number;
  readonly length: number;
  readonly pitch: number;
}

/**
 * Returns the melody of each bar of a section. A movement has three themes: one for choruses and build-ups, one for
 * solos, and one for all other sections. The first section of a kind plays the plain theme, and later sections ornament
 * it. From version 2 of the composer on, later sections also vary the theme (`developedAt`).
 */
export const composeMelody = (
  spec: MusicSpec,
  section: Section,
  harmony: readonly BarHarmony[],
): readonly (readonly MelodyNote[])[] => {
  const theme = createTheme(spec, section);
  const range = rangeOf(spec, section);
  const scale = melodyScaleOf(spec.tonic, spec.mode, styleOf(spec).melody);
  let last = range.centre;
  return harmony.map((bar, index) => {
    const place = index % 4;
    const closes = index === section.bars - 1 || place === 3;
    const isEnd = index === section.bars - 1 || index % 8 === 7;
    const planned = closes ? theme.cadence : place === 1 ? theme.second : theme.first;
    const sixteenths = meters[spec.meter].steps;
    const developed = developedAt(spec, section, index, planned, theme);
    const { shape } = developed;
    const written = stepsOf(shape.rhythm, sixteenths);
    const steps =
      spec.composerVersion === 1 ? written : breathing(spec, written, { closes, place, sixteenths });
    const lead = range.centre + (theme.arch[place] ?? 0) + developed.shift;
    const walk = { spec, bar, scale, range, last, target: lead };
    const sung = closes
      ? walkHome(
          walk,
          steps.map((step) => step.at),
          isEnd,
        )
      : walkShape(
          walk,
          steps.map((step) => step.at),
          shape.moves,
        );
    const pitches = spec.composerVersion === 1 ? sung : withinOctave(sung, last, range);
    last = pitches.at(-1) ?? last;
    const notes = steps.map((step, at) => ({ at: step.at, length: step.length, pitch: pitches[at] ?? last }));
    const ornaments = createRandom(spec.seed, "ornaments", section.firstBar + index);
    return section.occurrence === 0 ? notes : ornament(notes, bar, scale, range, ornaments);
  });
};

interface Shape {
  readonly rhythm: string;
  /**
   * For each note except the first: the number of steps on the ladder (`ladderOf`) from the note before. A negative
   * number goes down.
   */
  readonly moves: readonly number[];
}

interface Theme {
  readonly first: Shape;
  readonly second: Shape;
  readonly cadence: Shape;
  /** For each of the four bars of a phrase: how many semitones its target pitch is above the centre of the range. */
  readonly arch: readonly number[];
}

const createTheme = (spec: MusicSpec, section: Section): Theme => {
  const kind =
    section.kind === "chorus" || section.kind === "build"
      ? "chorus"
      : section.kind === "solo"
        ? "solo"
        : "verse";
  const random = createRandom(
    spec.themeSeed ?? spec.seed,
    "theme",
    kind,
    ...(section.movement ? [section.movement] : []),
  );
  const rhythms = rhythmsOf(styleOf(spec).melody, spec.meter);
  const [first, second] = random.pick(rhythms.motifs);
  return {
    first: { rhythm: first, moves: movesOf(random, spec.composerVersion) },
    second: { rhythm: second, moves: movesOf(random, spec.composerVersion) },
    cadence: { rhythm: random.pick(rhythms.cadences), moves: [] },
    arch: random.pick(kind === "chorus" ? chorusArches : verseArches),
  };
};

const verseArches: readonly (readonly number[])[] = [
  [0, 2, 3, 0],
  [0, -2, 2, 0],
  [2, 0, -1, -2],
];
const chorusArches: readonly (readonly number[])[] = [
  [0, 3, 5, 2],
  [3, 2, 4, 0],
  [2, 4, 3, 0],
];

/**
 * Chooses random moves. In version 1 of the composer, these are mostly steps, and sometimes a repeated
 * note or a leap. A leap is followed by a step back. Later versions use `fallingMoves`.
 */
const movesOf = (random: Random, version: number): readonly number[] => {
  if (version > 1) return fallingMoves(random);
  const moves: number[] = [];
  let drift = random.chance(0.5) ? 1 : -1;
  while (moves.length < 16) {
    const roll = random.next();
    if (roll < 0.14) moves.push(0);
    else if (roll < 0.84) {
      if (random.chance(0.3)) drift = -drift;
      moves.push(drift);
    } else {
      const leap = (random.chance(0.6) ? drift : -drift) * random.between(2, 3);
      moves.push(leap, -Math.sign(leap));
      drift = -Math.sign(leap);
    }
  }
  return moves;
};

/** Chooses random moves as in most songs: leaps go mostly up, and steps go mostly down again. */
const fallingMoves = (random: Random): readonly number[] => {
  const moves: number[] = [];
  let height = 0;
  while (moves.length < 16) {
    const roll = random.next();
    if (roll < 0.18) moves.push(0);
    else if (roll < 0.8) {
      // The higher the note is, the more likely the next move goes down.
      const step = random.chance(0.7 + Math.max(-0.45, Math.min(0.25, height * 0.08))) ? -1 : 1;
      moves.push(step);
      height += step;
    } else {
      const isUp = random.chance(height > 5 ? 0.3 : 0.92);
      const leap = (isUp ? 1 : -1) * random.between(2, 3);
      moves.push(leap);
      height += leap;
    }
  }
  return moves;
};

/**
 * Develops the theme in the second and later sections of a kind: by an inversion, a sequence,
 * another rhythm, or another order of its moves. The cadence stays unchanged, and so do all themes
 * of composer version 1.
 */
const developedAt = (
  spec: MusicSpec,
  section: Section,
  index: number,
  shape: Shape,
  theme: Theme,
): { readonly shape: Shape; readonly shift: number } => {
  if (spec.composerVersion === 1 || section.occurrence === 0 || shape === theme.cadence)
    return { shape, shift: 0 };
  const random = createRandom(spec.seed, "develop", section.kind, section.occurrence, index % 8);
  const roll = random.next();
  if (index % 4 === 0 && roll < 0.5) return { shape, shift: 0 };
  if (roll < 0.3) return { shape: { ...shape, moves: shape.moves.map((move) => -move) }, shift: 2 };
  if (roll < 0.6) return { shape, shift: random.pick([-3, -2, 2, 3]) };
  if (roll < 0.8) return { shape: { rhythm: theme.second.rhythm, moves: theme.first.moves }, shift: 0 };
  return {
    shape: { rhythm: shape.rhythm, moves: [...shape.moves.slice(3), ...shape.moves.slice(0, 3)] },
    shift: 1,
  };
};

/** Moves notes by an octave so that no interval is wider than an octave, if the range allows it. */
const withinOctave = (pitches: readonly number[], last: number, range: Range): readonly number[] => {
  let before = last;
  return pitches.map((pitch) => {
    const near = pitch - before > 12 ? pitch - 12 : before - pitch > 12 ? pitch + 12 : pitch;
    before = near >= range.low && near <= range.high ? near : pitch;
    return before;
  });
};

/**
 * Adds rests where a singer would breathe: at the end of a phrase, and in the middle of the phrase. If the piece has
 * the feel "simple-melody", also removes the notes that don't start at a multiple of four sixteenths.
 */
const breathing = (
  spec: MusicSpec,
  steps: readonly PatternStep[],
  {
    closes,
    place,
    sixteenths,
  }: { readonly closes: boolean; readonly place: number; readonly sixteenths: number },
): readonly PatternStep[] => {
  const sung = spec.feel.includes("simple-melody") ? steps.filter(({ at }) => at % 4 === 0) : steps;
  const rest = closes ? 4 : place === 1 ? 2 : 0;
  if (rest === 0) return sung;
  return sung.flatMap((step) => {
    const length = Math.min(step.length, sixteenths - rest - step.at);
    return length > 0 ? [{ ...step, length }] : step.at === 0 ? [step] : [];
  });
};

interface Range {
  readonly low: number;
  readonly high: number;
  readonly centre: number;
}

/**
 * Returns the instrument that plays the tune. In a solo section, this is the soloist, unless the
 * drums play the solo.
 */
const singerOf = (spec: MusicSpec, section: Section): InstrumentName => {
  const { solo } = spec.form;
  const soloist = section.kind === "solo" && solo !== null && solo !== "drums" ? spec.parts[solo] : null;
  return soloist ?? spec.parts.lead ?? "piano";
};

/**
 * Returns the range of the tune around the instrument's best octave. The range is higher in
 * choruses and breaks.
 */
const rangeOf = (spec: MusicSpec, section: Section): Range => {
  const instrument = instruments[singerOf(spec, section)];
  const best = Math.min(Math.max(73, instrument.low + 10), instrument.high - 12);
  const centre = best + (section.kind === "chorus" ? 3 : section.kind === "break" ? 2 : 0);
  return {
    low: Math.max(60, instrument.low, centre - 10),
    high: Math.min(instrument.high, centre + 11),
    centre,
  };
};

interface Walk {
  readonly spec: MusicSpec;
  readonly bar: BarHarmony;
  readonly scale: readonly number[];
  readonly range: Range;
  readonly last: number;
  readonly target: number;
}

/**
 * Starts on a chord tone between the last note of the previous bar and the target, and follows the
 * moves. On strong beats, a note that is not a chord tone is replaced by the nearest one.
 */
const walkShape = (walk: Walk, places: readonly number[], moves: readonly number[]): readonly number[] => {
  const { bar, scale, range, last, target } = walk;
  const pitches: number[] = [];
  for (const [index, at] of places.entries()) {
    const { chord } = spanAt(bar, at);
    const ladder = ladderOf(scale, chord, range.low, range.high);
    const before = pitches.at(-1);
    if (before === undefined) {
      pitches.push(nearestChordTone(chord, ladder, last * 0.6 + target * 0.4));
      continue;
    }
    const rung = nearestRung(ladder, before);
    const wanted = bounced(rung + (moves[index - 1] ?? 0), ladder.length);
    const pitch = ladder[wanted] ?? before;
    const isStrong = at % 8 === 0;
    pitches.push(isStrong ? nearestChordTone(chord, ladder, pitch) : pitch);
  }
  return pitches;
};

/**
 * Moves by steps to the last note of the phrase. Without `isEnd`, this note is the third or the fifth of the chord,
 * which sounds open. With `isEnd`, it is the tonic, which sounds closed. If the chord doesn't contain the tonic,
 * `isEnd` allows any note of the chord.
 */
const walkHome = (walk: Walk, places: readonly number[], isEnd: boolean): readonly number[] => {
  const { bar, scale, range, last, spec } = walk;
  const lastPlace = places.at(-1);
  if (lastPlace === undefined) return [];
  const { chord } = spanAt(bar, lastPlace);
  const ladder = ladderOf(scale, chord, range.low, range.high);
  const tonic = tonicOf(spec);
  const wanted =
    isEnd && chord.pitchClasses.includes(tonic) ? [tonic] : isEnd ? chord.pitchClasses : openTonesOf(chord);
  const near = last * 0.7 + range.centre * 0.3;
  const goal = nearestOf(
    ladder.filter((note) => wanted.includes(note % 12)),
    near,
  );
  const goalRung = nearestRung(ladder, goal ?? near);
  const direction = last >= (goal ?? near) ? 1 : -1;
  return places.map((_, index) => {
    const left = places.length - 1 - index;
    return ladder[bounced(goalRung + direction * left, ladder.length)] ?? last;
  });
};

const openTonesOf = (chord: ChordTones): readonly number[] => chord.pitchClasses.slice(1, 3);

const tonicOf = (spec: MusicSpec): number =>
  // The first note of the scale is its tonic, for each kind of scale.
  melodyScaleOf(spec.tonic, spec.mode, "flowing")[0] ?? 0;

const nearestChordTone = (chord: ChordTones, ladder: readonly number[], near: number): number =>
  nearestOf(
    ladder.filter((note) => chord.pitchClasses.slice(0, 4).includes(note % 12)),
    near,
  ) ?? Math.round(near);

const nearestOf = (notes: readonly number[], near: number): number | undefined =>
  notes.reduce<number | undefined>(
    (best, note) => (best === undefined || Math.abs(note - near) < Math.abs(best - near) ? note : best),
    undefined,
  );

const bounced = (rung: number, rungs: number): number => {
  if (rung < 0) return Math.min(-rung, rungs - 1);
  if (rung >= rungs) return Math.max(0, 2 * (rungs - 1) - rung);
  return rung;
};

/** Sometimes replaces the end of a long note by the next pitch on the ladder, in the direction of the next note. */
const ornament = (
  notes: readonly MelodyNote[],
  bar: BarHarmony,
  scale: readonly number[],
  range: Range,
  random: Random,
): readonly MelodyNote[] =>
  notes.flatMap((note, index) => {
    const next = notes[index + 1];
    if (note.length < 4 || next === undefined || !random.chance(0.3)) return [note];
    const ladder = ladderOf(scale, spanAt(bar, note.at).chord, range.low, range.high);
    const between = ladder[nearestRung(ladder, note.pitch) + (next.pitch >= note.pitch ? 1 : -1)];
    const half = Math.floor(note.length / 4) * 2;
    if (between === undefined) return [note];
    return [
      { ...note, length: half },
      { at: note.at + half, length: note.length - half, pitch: between },
    ];
  });
