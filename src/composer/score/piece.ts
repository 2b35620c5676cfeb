// Turns a spec into a score: sections, and the notes of each part in each bar. Bars can be requested in any order.

import { type InstrumentName, instruments } from "../instruments.ts";
import { createRandom, type Random } from "../random.ts";
import type { MusicSpec } from "../spec.ts";
import { styleOf } from "../styles/all-styles.ts";
import type { Part, PitchedPart } from "../styles/style.ts";
import { composeArpeggio, composeComping, composePad, type HeldNote } from "./parts/accompaniment.ts";
import { composeBass } from "./parts/bass.ts";
import { beaten, beatRhythm, composeCounter } from "./parts/counter.ts";
import { composeDrums } from "./parts/drums.ts";
import type { Section } from "./form/form.ts";
import { createGroove, type Groove } from "./time/groove.ts";
import { type BarHarmony, harmonyOf, homeOf } from "./harmony/harmony.ts";
import { composeMelody, type MelodyNote } from "./parts/melody.ts";
import { fitPattern, meters, quartersOf, quartersPerMinute } from "./time/meter.ts";
import type { FaderMove, Note } from "./note.ts";
import { pitched } from "./pitch-shift.ts";
import { changesAt, isSilenced } from "./form/places.ts";
import { drumNotes } from "./parts/percussion.ts";
import { formOf, sectionsOf } from "./form/plan-sections.ts";
import { type Timing, timingOf } from "./time/timing.ts";
import { createPatterns, type PatternPart } from "./parts/variation.ts";
import { powerChord, type Voicing, voiceChord } from "./harmony/voicing.ts";

export interface Bar {
  readonly index: number;
  readonly section: Section;
  readonly harmony: BarHarmony;
  readonly notes: readonly Note[];
  /** The melody as it is written, on the grid of sixteenths; empty where no part plays the tune. */
  readonly tune: readonly MelodyNote[];
  readonly faders: readonly FaderMove[];
}

export interface Piece {
  readonly spec: MusicSpec;
  readonly timing: Timing;
  readonly sections: readonly Section[];
  /** Returns the bar with this index, from 0 to `timing.bars`, which is the last chord. */
  barOf(index: number): Bar;
  sectionOf(index: number): Section;
}

export const composePiece = (spec: MusicSpec): Piece => {
  const timing = timingOf(spec);
  const sections = sectionsOf(spec, timing.bars);
  const sketches = new Map<Section, Sketch>();
  const sketchOf = (section: Section): Sketch => {
    const known = sketches.get(section);
    if (known !== undefined) return known;
    const sketch = sketchSection(spec, section);
    sketches.set(section, sketch);
    return sketch;
  };
  const sectionOf = (index: number): Section => {
    const section = sections.findLast(({ firstBar }) => firstBar <= index);
    if (section === undefined) throw new RangeError(`There is no bar ${index}.`);
    return section;
  };
  return {
    spec,
    timing,
    sections,
    sectionOf,
    barOf: (index) => {
      const section = sectionOf(index);
      if (index >= timing.bars)
        return pitched(spec, sections, timing, lastBar(spec, timing, section, sketchOf(section)));
      const next = index + 1 < timing.bars ? sectionOf(index + 1) : undefined;
      const following =
        next === undefined
          ? homeOf(spec)
          : (sketchOf(next).harmony[index + 1 - next.firstBar] ?? homeOf(spec));
      return pitched(
        spec,
        sections,
        timing,
        playBar({ spec, timing, sections }, section, sketchOf(section), index, following),
      );
    },
  };
};

/** The decisions for a section that are made before its bars are composed. */
interface Sketch {
  readonly harmony: readonly BarHarmony[];
  readonly voicings: readonly (readonly Voicing[])[];
  readonly melody: readonly (readonly MelodyNote[])[];
  readonly patternAt: (part: PatternPart, place: number) => string;
}

const sketchSection = (whole: MusicSpec, section: Section): Sketch => {
  const mode = whole.places.find((place) => place.mode !== undefined && place.where === section.kind)?.mode;
  const spec = mode === undefined ? whole : { ...whole, mode };
  const harmony = harmonyOf(spec, section);
  return {
    harmony,
    voicings: spec.feel.includes("power-chords")
      ? harmony.map((bar) => bar.map(({ chord }) => powerChord(chord)))
      : voiceSection(harmony),
    melody: spec.parts.lead === null && section.kind !== "solo" ? [] : composeMelody(spec, section, harmony),
    patternAt: createPatterns(spec, section),
  };
};

const voiceSection = (harmony: readonly BarHarmony[]): readonly (readonly Voicing[])[] => {
  let previous: Voicing | undefined;
  return harmony.map((bar) =>
    bar.map(({ chord }) => {
      previous = voiceChord(chord, previous);
      return previous;
    }),
  );
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

const playBar = (
  { spec, timing, sections }: Pick<Piece, "spec" | "timing" | "sections">,
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
    // If no other part plays the harmony, the chords are held without rests.
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
    const pattern = bassOf(spec, sketch.patternAt("bass", place));
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
    // In a chorus without drums, the melody is doubled in octaves to make it stronger.
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
    faders: [
      ...fadersOf(spec, section, place, kicks),
      ...wobbleOf(spec, section, index),
      ...phrasesOf(spec, place),
    ].toSorted((one, other) => one.beat - other.beat),
  };
};

/** Returns the pattern without rests, beginning on the bar's first beat. */
const sustained = (pattern: string): string => {
  const first = [...pattern].find((symbol) => symbol !== "." && symbol !== "-") ?? "x";
  return first + pattern.slice(1).replaceAll(".", "-");
};

/** Returns whether a part plays in a bar. An intro adds parts, and an outro removes them. */
const isHeard = (spec: MusicSpec, section: Section, place: number, part: Part): boolean => {
  const { opening } = spec.form;
  if (opening !== null && section.firstBar === 0 && (section.kind === "intro" || place < 4))
    return part === opening;
  if (part === "arp" && spec.feel.includes("sparse") && section.kind !== "chorus") return false;
  if (!section.parts.has(part)) return false;
  const isSecondHalf = place >= section.bars / 2;
  if (section.kind === "intro") {
    const isEarly = part === "drums" && formOf(spec) === "club";
    return isEarly || isSecondHalf || part === "chords" || part === "pad";
  }
  if (section.kind === "outro" && part === "lead") return !isSecondHalf;
  if (section.kind === "outro" && part === "drums") return place < section.bars - 1;
  if (section.kind === "break" && part === "lead") return spec.energy < 0.5 || isSecondHalf;
  return true;
};

/**
 * Returns the section's intensity, adjusted by the piece's energy. It rises towards the end of a
 * build-up.
 */
const strengthOf = (spec: MusicSpec, section: Section, place: number, change: number): number => {
  const progress = section.bars > 1 ? place / (section.bars - 1) : 0;
  const rise = section.kind === "build" || section.kind === "intro" ? 0.18 * progress : 0.04 * progress;
  const fall = section.kind === "outro" ? -0.15 * progress : 0;
  const reach = spec.composerVersion === 1 ? 0.25 : 0.5;
  return Math.min(
    change > 0 ? 1.25 : 1,
    Math.max(0.2, section.intensity + rise + fall + (spec.energy - 0.5) * reach + change),
  );
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
 * Returns the delay between the notes of a chord: a guitar's strings sound one after the other, and
 * a keyboard's notes almost together.
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

/** Voices and wind instruments play one note at a time, so their melody is not doubled in octaves. */
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

const compingOf = (spec: MusicSpec, pattern: string): string => {
  const asked = spec.feel.includes("skank")
    ? skank
    : spec.feel.includes("montuno")
      ? montuno
      : spec.feel.includes("arpeggio")
        ? broken
        : undefined;
  return asked === undefined ? pattern : fitPattern(asked, "4/4", spec.meter);
};

const skank = "..x...x...x...x.";
const montuno = "x.1x.2x.1x.2x.3.";
const broken = "1-2-3-4-3-2-3-2-";

const bassOf = (spec: MusicSpec, pattern: string): string => {
  const { steps } = meters[spec.meter];
  if (spec.feel.includes("walking-bass")) return "w---".repeat(Math.ceil(steps / 4)).slice(0, steps);
  return spec.feel.includes("drone") ? `1${"-".repeat(steps - 1)}` : pattern;
};

/** Returns fader moves that make the tune louder towards the middle of a four-bar phrase, and softer again. */
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

/** Returns fader moves for a bass whose volume changes in a rhythm: first eighths, then triplets. */
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

const inOrder = (notes: readonly Note[]): readonly Note[] =>
  notes.toSorted((one, other) => one.beat - other.beat || one.pitch - other.pitch);

/**
 * Returns the fader moves of a bar. With few players each plays louder, with many each plays
 * softer, and each kick lowers the volume of the others for a moment.
 */
const fadersOf = (
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

const yielding = ["chords", "pad", "arp"] as const;
const duckSteps = 6;

/** Composes the last chord, which all parts play and which rings out. */
const lastBar = (spec: MusicSpec, timing: Timing, section: Section, sketch: Sketch): Bar => {
  const harmony = homeOf(spec);
  const { chord } = harmony[0];
  const random: Random = createRandom(spec.seed, "last");
  const groove = createGroove(spec, random, timing.bars);
  if (timing.ringStart >= timing.samples)
    return { index: timing.bars, section, harmony, notes: [], tune: [], faders: [] };
  const ring = (timing.samples - timing.ringStart) / timing.quarterIn(timing.bars);
  const beats = spec.form.ending === "stop" ? 0.4 : ring;
  const voicing = spec.feel.includes("power-chords")
    ? powerChord(chord)
    : voiceChord(chord, sketch.voicings.at(-1)?.at(-1));
  const notes: Note[] = [];
  const add = (part: Part, beat: number, pitch: number, force: number): void => {
    if (spec.parts[part] === null) return;
    notes.push({ part, beat, pitch, velocity: groove.velocityOf(force), beats: Math.max(0.1, beats - beat) });
  };
  for (const [order, pitch] of voicing.entries()) add("chords", order * 0.06, pitch, 0.6);
  for (const pitch of voicing.slice(1)) add("pad", 0, pitch, 0.52);
  const low = 36 + ((((chord.root - 36) % 12) + 12) % 12);
  add("bass", 0, low > 43 ? low - 12 : low, 0.6);
  if (spec.parts.bass === null) add("chords", 0, low, 0.5);
  const lastSung = sketch.melody.at(-1)?.at(-1)?.pitch ?? 72;
  const lastPitch = nearestOctave(chord.root, lastSung);
  add("lead", 0, lastPitch, 0.58);
  if (spec.parts.counter !== null)
    add(
      "counter",
      0,
      nearestOctave(chord.pitchClasses[1] ?? chord.root, instruments[spec.parts.counter].low + 14),
      0.5,
    );
  if (spec.parts.drums !== null && spec.energy > 0.35 && !spec.feel.includes("hand-drums")) {
    notes.push({
      part: "drums",
      beat: 0,
      pitch: drumNotes.kick,
      velocity: groove.velocityOf(0.5),
      beats: 0.2,
    });
    notes.push({
      part: "drums",
      beat: 0,
      pitch: drumNotes.crash,
      velocity: groove.velocityOf(0.3),
      beats: 0.2,
    });
  }
  const faders = yielding.map((part) => ({ part, beat: 0, level: 118 }));
  const tune =
    spec.parts.lead === null ? [] : [{ at: 0, length: meters[spec.meter].steps, pitch: lastPitch }];
  return { index: timing.bars, section, harmony, notes: inOrder(notes), tune, faders };
};

const nearestOctave = (pitchClass: number, near: number): number => {
  const up = near + ((((pitchClass - near) % 12) + 12) % 12);
  return up - near > 6 ? up - 12 : up;
};
