// Turns a spec into a score: sections, and the notes of each part in each bar. Bars can be
// requested in any order.

import { type InstrumentName, instruments } from "../instruments.ts";
import { createRandom, type Random } from "../random.ts";
import type { MusicSpec } from "../spec.ts";
import { styles } from "../styles/all-styles.ts";
import type { Part, PitchedPart } from "../styles/style.ts";
import { composeArpeggio, composeComping, composePad, type HeldNote } from "./accompaniment.ts";
import { composeBass } from "./bass.ts";
import { composeDrums, drumNotes } from "./drums.ts";
import { planForm, type Section } from "./form.ts";
import { createGroove, type Groove } from "./groove.ts";
import { type BarHarmony, harmonyOf, homeOf } from "./harmony.ts";
import { composeMelody, type MelodyNote } from "./melody.ts";
import type { FaderMove, Note } from "./note.ts";
import { type Timing, timingOf } from "./timing.ts";
import { type Voicing, voiceChord } from "./voicing.ts";

export interface Bar {
  readonly index: number;
  readonly section: Section;
  readonly harmony: BarHarmony;
  readonly notes: readonly Note[];
  readonly faders: readonly FaderMove[];
}

export interface Piece {
  readonly spec: MusicSpec;
  readonly timing: Timing;
  readonly sections: readonly Section[];
  /** From 0 to `timing.bars`, which is the last chord. */
  barOf(index: number): Bar;
  sectionOf(index: number): Section;
}

export const composePiece = (spec: MusicSpec): Piece => {
  const timing = timingOf(spec);
  const sections = planForm(styles[spec.style].form, spec.form, timing.bars);
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
      if (index >= timing.bars) return lastBar(spec, timing, section, sketchOf(section));
      const next = index + 1 < timing.bars ? sectionOf(index + 1) : undefined;
      const following =
        next === undefined
          ? homeOf(spec)
          : (sketchOf(next).harmony[index + 1 - next.firstBar] ?? homeOf(spec));
      return playBar(spec, section, sketchOf(section), index, following);
    },
  };
};

/** The decisions of a section before its bars are written. */
interface Sketch {
  readonly harmony: readonly BarHarmony[];
  readonly voicings: readonly (readonly Voicing[])[];
  readonly melody: readonly (readonly MelodyNote[])[];
  readonly patterns: { readonly comping: string; readonly bass: string; readonly arpeggio: string };
}

const sketchSection = (spec: MusicSpec, section: Section): Sketch => {
  const harmony = harmonyOf(spec, section);
  const style = styles[spec.style];
  const kind = section.kind === "intro" || section.kind === "outro" ? "verse" : section.kind;
  const random = createRandom(spec.seed, "patterns", kind);
  return {
    harmony,
    voicings: voiceSection(harmony),
    melody: spec.parts.lead === null ? [] : composeMelody(spec, section, harmony),
    patterns: {
      comping: random.pick(style.comping),
      bass: random.pick(style.bass),
      arpeggio: random.pick(style.arpeggio),
    },
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

/** The strength of each part in the mix, 0 to 1. */
const presence: Readonly<Record<Part, number>> = {
  chords: 0.62,
  bass: 0.8,
  lead: 0.86,
  pad: 0.66,
  arp: 0.6,
  drums: 0.86,
};

const playBar = (
  spec: MusicSpec,
  section: Section,
  sketch: Sketch,
  index: number,
  following: BarHarmony,
): Bar => {
  const place = index - section.firstBar;
  const harmony = sketch.harmony[place] ?? homeOf(spec);
  const voicings = sketch.voicings[place] ?? [];
  const groove = createGroove(spec, createRandom(spec.seed, "bar", index));
  const plays = (part: Part): boolean => spec.parts[part] !== null && isHeard(spec, section, place, part);
  const strength = strengthOf(spec, section, place);
  const notes: Note[] = [];
  const hold = (part: PitchedPart, held: readonly HeldNote[], strumMs = 0): void => {
    for (const note of held) notes.push(heldNoteOf(spec, groove, part, note, strength, strumMs));
  };
  if (plays("chords")) {
    const { comping } = sketch.patterns;
    // When no other part plays the harmony, the chords do.
    const isAlone = !plays("pad") && !plays("bass");
    const pattern = isAlone ? sustained(comping) : comping;
    hold("chords", composeComping(spec, pattern, harmony, voicings), strumOf(spec.parts.chords));
  }
  if (plays("pad")) hold("pad", composePad(harmony, voicings));
  if (plays("arp")) hold("arp", composeArpeggio(spec, sketch.patterns.arpeggio, harmony, voicings));
  if (plays("bass")) {
    const line = composeBass(spec, sketch.patterns.bass, harmony, following[0].chord.root);
    hold(
      "bass",
      line.map((note) => ({ ...note, force: note.at % 8 === 0 ? 1 : 0.88, order: 0 })),
    );
  }
  if (plays("lead")) {
    const tune = sketch.melody[place] ?? [];
    hold(
      "lead",
      tune.map((note) => ({ ...note, force: note.at % 8 === 0 ? 0.95 : 0.86, order: 0 })),
    );
    // Without drums to lift a chorus, the melody is doubled in octaves.
    const isDoubled = section.kind === "chorus" && (spec.parts.drums === null || spec.style === "cinematic");
    if (isDoubled) {
      const top = instruments[spec.parts.lead ?? "piano"].high;
      const octaves = tune.filter((note) => note.pitch + 12 <= top);
      hold(
        "lead",
        octaves.map((note) => ({ ...note, pitch: note.pitch + 12, force: 0.62, order: 0 })),
      );
    }
  }
  const hits = plays("drums") ? composeDrums(spec, section, place) : [];
  for (const { lane, at, force } of hits) {
    const velocity = groove.velocityOf(presence.drums * force * (0.55 + 0.45 * strength));
    notes.push({ part: "drums", beat: groove.beatOf(at), pitch: drumNotes[lane], velocity, beats: 0.2 });
  }
  const kicks = hits.filter(({ lane }) => lane === "kick").map(({ at }) => at / 4);
  return {
    index,
    section,
    harmony,
    notes: inOrder(notes),
    faders: fadersOf(spec, section, place, kicks),
  };
};

/** A pattern without rests that begins on the bar's first beat. */
const sustained = (pattern: string): string => {
  const first = [...pattern].find((symbol) => symbol !== "." && symbol !== "-") ?? "x";
  return first + pattern.slice(1).replaceAll(".", "-");
};

/** Decides when a part plays: an intro adds parts, an outro removes them. */
const isHeard = (spec: MusicSpec, section: Section, place: number, part: Part): boolean => {
  if (!section.parts.has(part)) return false;
  const isSecondHalf = place >= section.bars / 2;
  if (section.kind === "intro") {
    const isEarly = part === "drums" && styles[spec.style].form === "club";
    return isEarly || isSecondHalf || part === "chords" || part === "pad";
  }
  if (section.kind === "outro" && part === "lead") return !isSecondHalf;
  if (section.kind === "outro" && part === "drums") return place < section.bars - 1;
  if (section.kind === "break" && part === "lead") return spec.energy < 0.5 || isSecondHalf;
  return true;
};

/**
 * The section's intensity, adjusted by the piece's energy; it rises towards the end of a build-up.
 */
const strengthOf = (spec: MusicSpec, section: Section, place: number): number => {
  const progress = section.bars > 1 ? place / (section.bars - 1) : 0;
  const rise = section.kind === "build" || section.kind === "intro" ? 0.18 * progress : 0.04 * progress;
  const fall = section.kind === "outro" ? -0.15 * progress : 0;
  return Math.min(1, Math.max(0.2, section.intensity + rise + fall + (spec.energy - 0.5) * 0.25));
};

const heldNoteOf = (
  spec: MusicSpec,
  groove: Groove,
  part: PitchedPart,
  { at, length, pitch, force, order }: HeldNote,
  strength: number,
  strumMs: number,
): Note => {
  const start = groove.beatOf(at);
  const end = (at + length) / 4;
  const strum = (order * strumMs * spec.bpm) / 60_000;
  return {
    part,
    beat: start + strum,
    pitch,
    velocity: groove.velocityOf(presence[part] * force * (0.5 + 0.5 * strength)),
    beats: Math.max(0.08, end - start - strum - (part === "pad" ? 0.01 : 0.04)),
  };
};

/** A guitar's strings sound one after the other; a keyboard's notes almost together. */
const strumOf = (instrument: InstrumentName | null): number => {
  if (instrument === "acoustic guitar" || instrument === "jazz guitar") return 14;
  return instrument === "strings" || instrument === "pulse" || instrument === "synth" ? 0 : 5;
};

const inOrder = (notes: readonly Note[]): readonly Note[] =>
  notes.toSorted((one, other) => one.beat - other.beat || one.pitch - other.pitch);

/** Few players play louder; many play softer; a kick ducks them for a moment. */
const fadersOf = (
  spec: MusicSpec,
  section: Section,
  place: number,
  kicks: readonly number[],
): readonly FaderMove[] => {
  const style = styles[spec.style];
  const moves: FaderMove[] = [];
  const rest = section.kind === "intro" || section.kind === "break" || section.kind === "outro" ? 124 : 96;
  for (const part of yielding) {
    if (section.kind === "build") {
      for (let beat = 0; beat < spec.meter; beat++) {
        const progress = (place + beat / spec.meter) / section.bars;
        moves.push({ part, beat, level: Math.round(88 + 36 * progress) });
      }
      continue;
    }
    moves.push({ part, beat: 0, level: rest });
    if (style.ducking === 0 || section.kind === "intro") continue;
    for (const kick of kicks) {
      for (let step = 0; step <= duckSteps; step++) {
        const back = step / duckSteps;
        const level = Math.round(rest * (1 - style.ducking * (1 - back) ** 1.5));
        moves.push({ part, beat: kick + back * 0.7, level });
      }
    }
  }
  return moves.filter(({ beat }) => beat < spec.meter).toSorted((one, other) => one.beat - other.beat);
};

const yielding = ["chords", "pad", "arp"] as const;
const duckSteps = 6;

/** The last chord: all parts play it, and it rings. */
const lastBar = (spec: MusicSpec, timing: Timing, section: Section, sketch: Sketch): Bar => {
  const harmony = homeOf(spec);
  const { chord } = harmony[0];
  const random: Random = createRandom(spec.seed, "last");
  const groove = createGroove(spec, random);
  const beats = (timing.samples - timing.ringStart) / timing.samplesPerBeat;
  const voicing = voiceChord(chord, sketch.voicings.at(-1)?.at(-1));
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
  add("lead", 0, nearestOctave(chord.root, lastSung), 0.58);
  if (spec.parts.drums !== null && spec.energy > 0.35) {
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
  return { index: timing.bars, section, harmony, notes: inOrder(notes), faders };
};

const nearestOctave = (pitchClass: number, near: number): number => {
  const up = near + ((((pitchClass - near) % 12) + 12) % 12);
  return up - near > 6 ? up - 12 : up;
};
