// Composes the second voice, one bar at a time. What it plays depends on its instrument:
// - A brass section, guitars and most keyboards play short chords.
// - Taiko and timpani play a rhythm.
// - All other instruments play in the rests of the tune. In a bar without a rest of a quarter note or more, they hold
//   one tone of each chord.

import type { InstrumentName } from "../../instruments.ts";
import { instruments } from "../../instruments.ts";
import { createRandom } from "../../random.ts";
import type { MusicSpec } from "../../spec.ts";
import type { HeldNote } from "./accompaniment.ts";
import type { Section } from "../form/form.ts";
import { type BarHarmony, spanAt } from "../harmony/harmony.ts";
import { ladderOf, melodyScaleOf, nearestRung } from "./ladder.ts";
import type { MelodyNote } from "./melody.ts";
import { fitPattern, meters } from "../time/meter.ts";
import { stepsOf } from "./pattern.ts";
import type { Voicing } from "../harmony/voicing.ts";

export interface CounterBar {
  readonly section: Section;
  /** The index of the bar in the section. */
  readonly place: number;
  readonly harmony: BarHarmony;
  readonly voicings: readonly Voicing[];
  readonly melody: readonly MelodyNote[];
}

export const composeCounter = (spec: MusicSpec, bar: CounterBar): readonly HeldNote[] => {
  const player = spec.parts.counter;
  if (player === null) return [];
  if (beaten.has(player)) return beatRhythm(spec, bar, player);
  if (chordal.has(player)) return playStabs(spec, bar, player);
  const answers = answerRests(spec, bar, player);
  return answers.length > 0 ? answers : holdGuide(spec, bar, player);
};

/** Struck instruments, which play a rhythm instead of a melodic line. */
export const beaten: ReadonlySet<InstrumentName> = new Set(["taiko", "timpani"]);
const chordal = new Set<InstrumentName>([
  "brass section",
  "muted guitar",
  "clean guitar",
  "steel guitar",
  "acoustic guitar",
  "distorted guitar",
  "overdriven guitar",
  "banjo",
  "organ",
  "rock organ",
  "piano",
  "electric piano",
  "clavinet",
  "accordion",
]);

const stabs: readonly (readonly string[])[] = [
  ["......x...x.....", "x--.....x.x-...."],
  ["x-....x-........", "..x.x-....x.x---"],
  ["....x.....x.x...", "x.x...x---......"],
];

const playStabs = (
  spec: MusicSpec,
  { section, place, harmony, voicings }: CounterBar,
  player: InstrumentName,
) => {
  const riff = createRandom(spec.seed, "stabs", section.kind, section.movement ?? 0).pick(stabs);
  const { low, high } = instruments[player];
  const pattern = fitPattern(riff[place % 2] ?? "", "4/4", spec.meter);
  return stepsOf(pattern, pattern.length).flatMap(({ at, length }): readonly HeldNote[] => {
    const index = Math.max(
      0,
      harmony.findLastIndex((span) => span.at <= at),
    );
    return (voicings[index] ?? [])
      .slice(-3)
      .map((pitch) => (pitch + 12 <= Math.min(high, 79) ? pitch + 12 : pitch))
      .filter((pitch) => pitch >= low && pitch <= high)
      .map((pitch, order) => ({ at, length, pitch, force: at % 8 === 0 ? 0.9 : 0.8, order }));
  });
};

const drums = ["x.....x.x...x...", "x...x.x.x.x.x.xx"];

export const beatRhythm = (
  spec: MusicSpec,
  { section, place, harmony }: Pick<CounterBar, "section" | "place" | "harmony">,
  player: InstrumentName,
) => {
  const isFull = section.kind === "chorus" || section.kind === "build";
  const pattern = fitPattern(drums[isFull || place === section.bars - 1 ? 1 : 0] ?? "", "4/4", spec.meter);
  const root = harmony[0].chord.root;
  const pitch = player === "timpani" ? 41 + ((((root - 41) % 12) + 12) % 12) : 45;
  return stepsOf(pattern, pattern.length).map(({ at }) => ({
    at,
    length: 2,
    pitch: player === "timpani" && at % 8 !== 0 && pitch + 7 <= 57 ? pitch + 7 : pitch,
    force: at === 0 ? 1 : 0.8,
    order: 0,
  }));
};

/**
 * Returns the rests of a quarter note or more as [start, end] in sixteenths. The second voice can also
 * play during a long note: after its first six sixteenths, the note counts as a rest.
 */
const restsOf = (melody: readonly MelodyNote[], steps: number): readonly (readonly [number, number])[] => {
  const rests: [number, number][] = [];
  let from = 0;
  for (const { at, length } of melody) {
    if (at - from >= 4) rests.push([from, at]);
    from = at + Math.min(length, 6);
  }
  if (steps - from >= 4) rests.push([from, steps]);
  return rests;
};

const answerRests = (
  spec: MusicSpec,
  { section, place, harmony, melody }: CounterBar,
  player: InstrumentName,
) => {
  const { steps } = meters[spec.meter];
  const random = createRandom(spec.seed, "answer", section.firstBar + place);
  const scale = melodyScaleOf(spec.tonic, spec.mode, "flowing");
  const { low, high } = rangeOf(player);
  return restsOf(melody, steps).flatMap(([from, to]): readonly HeldNote[] => {
    const { chord } = spanAt(harmony, from);
    const ladder = ladderOf(scale, chord, low, high);
    const starts = ladder.filter((note) => chord.pitchClasses.includes(note % 12));
    if (starts.length === 0) return [];
    let rung = nearestRung(ladder, random.pick(starts));
    const rhythm = random.pick([
      [2, 2, 4],
      [4, 4],
      [2, 2, 2, 2],
      [6, 2],
      [3, 3, 2],
    ]);
    const notes: HeldNote[] = [];
    let at = from;
    for (const length of rhythm) {
      if (at + Math.min(length, 2) > to) break;
      const pitch = ladder[rung];
      if (pitch !== undefined)
        notes.push({ at, length: Math.min(length, to - at), pitch, force: 0.74, order: 0 });
      at += length;
      rung = Math.max(0, Math.min(ladder.length - 1, rung + random.pick([-1, -1, 1, 1, 2, -2])));
    }
    return notes;
  });
};

/** Holds one note for each chord: the chord tone after the root, which usually lies a third above the root. */
const holdGuide = (spec: MusicSpec, { harmony }: CounterBar, player: InstrumentName) => {
  const { low, high } = rangeOf(player);
  return harmony.map(({ at, length, chord }): HeldNote => {
    const wanted = chord.pitchClasses[1] ?? chord.root;
    const pitch = low + ((((wanted - low) % 12) + 12) % 12);
    return {
      at,
      length: Math.min(length, meters[spec.meter].steps),
      pitch: Math.min(pitch, high),
      force: 0.66,
      order: 0,
    };
  });
};

const rangeOf = (player: InstrumentName): { readonly low: number; readonly high: number } => {
  const { low, high } = instruments[player];
  const from = Math.max(low, Math.min(57, high - 14));
  return { low: from, high: Math.min(high, from + 19) };
};
