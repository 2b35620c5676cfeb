// Composes a bar: the notes of each part that plays in it, and the moves of the faders.
import { type InstrumentName, instruments } from "../instruments.ts";
import { createRandom } from "../random.ts";
import type { MusicSpec } from "../spec.ts";
import type { Part, PitchedPart } from "../styles/style.ts";
import { fadersOf } from "./faders.ts";
import type { Section } from "./form/form.ts";
import { changesAt, isSilenced } from "./form/places.ts";
import { type BarHarmony, homeOf } from "./harmony/harmony.ts";
import { isHeard, strengthOf } from "./heard-parts.ts";
import { type FaderMove, inOrder, type Note } from "./note.ts";
import { composeArpeggio, composeComping, composePad, type HeldNote } from "./parts/accompaniment.ts";
import { composeBass } from "./parts/bass.ts";
import { beaten, beatRhythm, composeCounter } from "./parts/counter.ts";
import { composeDrums } from "./parts/drums.ts";
import type { MelodyNote } from "./parts/melody.ts";
import { bassPatternOf, compingOf, sustained } from "./parts/feel-patterns.ts";
import { drumNotes } from "./parts/percussion.ts";
import type { Sketch } from "./sketch.ts";
import { createGroove, type Groove } from "./time/groove.ts";
import { quartersPerMinute } from "./time/meter.ts";
import type { Timing } from "./time/timing.ts";

export interface Bar {
  readonly index: number;
  readonly section: Section;
  readonly harmony: BarHarmony;
  readonly notes: readonly Note[];
  /** The melody as it is written, on the grid of sixteenths; empty if no part plays the melody in this bar. */
  readonly tune: readonly MelodyNote[];
  readonly faders: readonly FaderMove[];
}

/** The properties of a piece that are known before its bars are composed. */
interface Plan {
  readonly spec: MusicSpec;
  readonly timing: Timing;
  readonly sections: readonly Section[];
}

/**
 * Composes one bar of the piece. `index` is the number of this bar, from 0. `section` contains the bar, and
 * `sketch` belongs to this section. `following` is the harmony of the next bar: the bass leads to the first chord of
 * that bar.
 */
export const playBar = (
  { spec, timing, sections }: Plan,
  section: Section,
  sketch: Sketch,
  index: number,
  following: BarHarmony,
): Bar => {
  const place = index - section.firstBar;
  const harmony = sketch.harmony[place] ?? homeOf(spec);
  const voicings = sketch.voicings[place] ?? [];
  const groove = createGroove(spec, createRandom(spec.seed, "bar", index), index);
  const changes = changesAt(spec, sections, timing, index);
  const plays = (part: Part): boolean =>
    spec.parts[part] !== null &&
    !isSilenced(changes, part) &&
    (isHeard(spec, section, place, part) || changes.some((change) => change.plays.includes(part)));
  const strength = strengthOf(
    spec,
    section,
    place,
    changes.reduce((sum, { energy }) => sum + energy, 0),
  );
  const notes: Note[] = [];
  const hold = (part: PitchedPart, held: readonly HeldNote[], strumMs = 0): void => {
    for (const note of held) notes.push(heldNoteOf(spec, groove, part, note, strength, strumMs));
  };
  if (plays("chords")) {
    const comping = compingOf(spec, sketch.patternAt("comping", place));
    // The chords are held without rests in two cases: the piece has the feel "legato", or neither the pad nor the bass
    // plays. In the second case, the feel "staccato" prevents this.
    const isAlone = !plays("pad") && !plays("bass") && !spec.feel.includes("staccato");
    const pattern = isAlone || spec.feel.includes("legato") ? sustained(comping) : comping;
    hold("chords", composeComping(spec, pattern, harmony, voicings), strumOf(spec.parts.chords));
  }
  if (plays("pad")) hold("pad", composePad(harmony, voicings));
  if (plays("arp")) {
    const player = spec.parts.arp;
    hold(
      "arp",
      player !== null && beaten.has(player)
        ? beatRhythm(spec, { section, place, harmony }, player)
        : composeArpeggio(spec, sketch.patternAt("arpeggio", place), harmony, voicings),
    );
  }
  if (plays("bass")) {
    const pattern = bassPatternOf(spec, sketch.patternAt("bass", place));
    const line = composeBass(spec, pattern, harmony, following[0].chord.root, index);
    hold(
      "bass",
      line.map((note) => ({ ...note, force: note.at % 8 === 0 ? 1 : 0.88, order: 0 })),
    );
  }
  const soloist =
    section.kind === "solo" && spec.form.solo !== null && spec.form.solo !== "drums"
      ? spec.form.solo
      : undefined;
  if (soloist !== undefined && soloist !== "lead") {
    const tune = sketch.melody[place] ?? [];
    hold(
      soloist,
      tune.map((note) => ({ ...note, force: note.at % 8 === 0 ? 1 : 0.9, order: 0 })),
    );
  } else if (plays("lead")) {
    const tune = sketch.melody[place] ?? [];
    hold(
      "lead",
      tune.map((note) => ({ ...note, force: note.at % 8 === 0 ? 0.95 : 0.86, order: 0 })),
    );
    // In a chorus without drums or in the cinematic style, the melody is doubled an octave higher to make it stronger.
    const isDoubled =
      section.kind === "chorus" &&
      !soloVoices.has(spec.parts.lead ?? "piano") &&
      (spec.parts.drums === null || spec.style === "cinematic");
    if (isDoubled) {
      const top = instruments[spec.parts.lead ?? "piano"].high;
      const octaves = tune.filter((note) => note.pitch + 12 <= top);
      hold(
        "lead",
        octaves.map((note) => ({ ...note, pitch: note.pitch + 12, force: 0.62, order: 0 })),
      );
    }
  }
  if (plays("counter") && soloist !== "counter") {
    hold(
      "counter",
      composeCounter(spec, {
        section,
        place,
        harmony,
        voicings,
        melody: plays("lead") ? (sketch.melody[place] ?? []) : [],
      }),
    );
  }
  const hits = plays("drums") ? composeDrums(spec, section, place) : [];
  for (const { lane, at, force } of hits) {
    const velocity = groove.velocityOf(presence.drums * force * (0.55 + 0.45 * strength));
    notes.push({
      part: "drums",
      beat: groove.beatOf(at, "drums"),
      pitch: drumNotes[lane],
      velocity,
      beats: 0.2,
    });
  }
  const kicks = hits.filter(({ lane }) => lane === "kick").map(({ at }) => at / 4);
  return {
    index,
    section,
    harmony,
    notes: inOrder(notes),
    tune: (soloist !== undefined && soloist !== "lead") || plays("lead") ? (sketch.melody[place] ?? []) : [],
    faders: fadersOf(spec, { section, place, index, kicks }),
  };
};

/** The strength of each part in the mix, from 0 to 1. */
const presence: Readonly<Record<Part, number>> = {
  counter: 0.72,
  chords: 0.62,
  bass: 0.8,
  lead: 0.86,
  pad: 0.66,
  arp: 0.6,
  drums: 0.86,
};

const heldNoteOf = (
  spec: MusicSpec,
  groove: Groove,
  part: PitchedPart,
  { at, length, pitch, force, order }: HeldNote,
  strength: number,
  strumMs: number,
): Note => {
  const start = groove.beatOf(at, part);
  const end = (at + length) / 4;
  const strum = (order * strumMs * quartersPerMinute(spec.bpm, spec.meter)) / 60_000;
  return {
    part,
    beat: start + strum,
    pitch,
    velocity: groove.velocityOf(presence[part] * force * (0.5 + 0.5 * strength)),
    beats: Math.max(0.08, end - start - strum - (part === "pad" ? 0.01 : 0.04)),
  };
};

/**
 * Returns the delay between two notes of a chord, in milliseconds. The notes of guitars and similar instruments sound
 * one after the other. The notes of a string ensemble and of some synthesizers sound together. The notes of all other
 * instruments sound almost together.
 */
const strumOf = (instrument: InstrumentName | null): number => {
  if (instrument !== null && strummed.has(instrument)) return 14;
  return instrument === "strings" || instrument === "pulse" || instrument === "synth" ? 0 : 5;
};

const strummed = new Set<InstrumentName>([
  "acoustic guitar",
  "jazz guitar",
  "steel guitar",
  "clean guitar",
  "harp",
  "banjo",
  "koto",
  "sitar",
]);

/** Instruments whose melody is not doubled in octaves, because they play one note at a time. */
const soloVoices = new Set<InstrumentName>([
  "violin",
  "fiddle",
  "cello",
  "viola",
  "trumpet",
  "tenor sax",
  "alto sax",
  "soprano sax",
  "oboe",
  "clarinet",
  "sitar",
  "shakuhachi",
  "tin whistle",
  "harmonica",
  "bagpipe",
]);
