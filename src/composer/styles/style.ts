// Defines a style as data, with all the properties that distinguish one style from another.

import type { InstrumentName, KitName } from "../instruments.ts";
import type { MeterName } from "../score/time/meter.ts";

export const styleNames = [
  "lofi",
  "ambient",
  "piano",
  "house",
  "techno",
  "jazz",
  "bossa",
  "cinematic",
  "folk",
  "chip",
  "hiphop",
  "synthwave",
  "waltz",
  "rock",
  "punk",
  "metal",
  "progrock",
  "pop",
  "disco",
  "funk",
  "soul",
  "gospel",
  "blues",
  "country",
  "reggae",
  "ska",
  "dnb",
  "dubstep",
  "trap",
  "trance",
  "bigroom",
  "triphop",
  "salsa",
  "cumbia",
  "reggaeton",
  "samba",
  "tango",
  "flamenco",
  "afrobeat",
  "swing",
  "ragtime",
  "quartet",
  "classical",
  "baroque",
  "march",
  "jig",
  "polka",
  "lullaby",
  "hymn",
  "chant",
  "bollywood",
  "raga",
  "koto",
] as const;

export type StyleName = (typeof styleNames)[number];

export const modes = ["major", "minor", "dorian", "mixolydian", "lydian", "phrygian"] as const;

export type Mode = (typeof modes)[number];

/** The parts that melodic instruments play, in the order of their channels. */
export const pitchedParts = ["chords", "bass", "lead", "pad", "arp", "counter"] as const;

export type PitchedPart = (typeof pitchedParts)[number];

export const parts = [...pitchedParts, "drums"] as const;

export type Part = (typeof parts)[number];

/** The collection of chord progressions that the style uses. */
export type HarmonyLanguage =
  "pop" | "soul" | "jazz" | "film" | "open" | "blues" | "power" | "classical" | "andalusian";

export const formNames = ["song", "drift", "club", "ramp", "twelve", "aaba", "dance"] as const;

export type FormName = (typeof formNames)[number];

/** Ways of playing that a prompt can ask for in any style. */
export const feels = [
  "half-time",
  "double-time",
  "double-kick",
  "four-on-the-floor",
  "breakbeat",
  "blast-beat",
  "walking-bass",
  "one-chord",
  "drone",
  "skank",
  "montuno",
  "hat-rolls",
  "power-chords",
  "sidechain",
  "reverb",
  "dry",
  "wobble",
  "rubato",
  "rubato-intro",
  "ritardando",
  "accelerando",
  "polyrhythm",
  "no-hats",
  "clave-2-3",
  "clave-3-2",
  "sparse",
  "busy",
  "arpeggio",
  "staccato",
  "legato",
  "low-quality",
  "unison",
  "hand-drums",
  "simple-melody",
] as const;

export type Feel = (typeof feels)[number];

/** The sections and stretches of a piece to which a prompt can limit a change, for example the second half. */
export const wheres = [
  "intro",
  "verse",
  "first verse",
  "second verse",
  "chorus",
  "first chorus",
  "last chorus",
  "break",
  "build",
  "solo",
  "outro",
  "middle",
  "second half",
  "end",
  "after",
  "before",
] as const;

/** The rhythms of the style's melodies. */
export type MelodyManner = "flowing" | "sparse" | "syncopated" | "lively" | "swinging" | "grand";

export const drumLanes = [
  "kick",
  "rim",
  "snare",
  "clap",
  "hat",
  "pedalHat",
  "openHat",
  "ride",
  "crash",
  "lowTom",
  "midTom",
  "highTom",
  "tambourine",
  "shaker",
  "cowbell",
  "conga",
  "lowConga",
  "bongo",
  "lowBongo",
  "timbale",
  "lowTimbale",
  "agogo",
  "lowAgogo",
  "cabasa",
  "maracas",
  "guiro",
  "claves",
  "woodblock",
  "lowWoodblock",
  "triangle",
  "castanets",
  "sleighBells",
  "surdo",
  "whistle",
  "vibraslap",
  "cuica",
] as const;

export type DrumLane = (typeof drumLanes)[number];

/**
 * One bar for each drum, with a character for each sixteenth: `X` is accented, `x` is played, `o` is soft, `?` is
 * played sometimes, `r` is a roll of three strokes, and `.` is a rest.
 */
export type Groove = Readonly<Partial<Record<DrumLane, string>>>;

/** The grooves of the kit. A build uses none of them: its drums are a roll. */
export interface DrumBook {
  /** The grooves of verses. */
  readonly groove: readonly Groove[];
  /** The grooves of choruses (drops) and solos. */
  readonly lift: readonly Groove[];
  /** The grooves of intros, breaks and outros. In the last bar of an outro, the kit is silent. */
  readonly sparse: readonly Groove[];
  /** In the last bar of a section, a fill replaces the groove. Intros, outros and sections of one bar have no fill. */
  readonly fill: readonly Groove[];
}

export interface Textures {
  /** The level of the rain, from 0 (none) to 1. The levels of the other textures have the same scale. */
  readonly rain: number;
  readonly vinyl: number;
  readonly wind: number;
  readonly sea: number;
}

/** All values are in MIDI units, from 0 to 127. A pan of 64 is the centre. */
export interface PartMix {
  readonly volume: number;
  readonly pan: number;
  readonly reverb: number;
  readonly chorus: number;
}

export interface Style {
  readonly name: StyleName;
  /** The style's name for people, as it is written in a sentence. */
  readonly label: string;
  /** The slowest and the fastest tempo in beats per minute. */
  readonly tempo: readonly [number, number];
  readonly meter: MeterName;
  /** The swing: 0 is straight, 1 is a full triplet. */
  readonly swing: number;
  readonly swingUnit: "eighth" | "sixteenth";
  /** The composer chooses one entry. A repeated entry is more likely to be chosen. */
  readonly modes: readonly Mode[];
  /** The energy, from 0 to 1. */
  readonly energy: number;
  readonly brightness: number;
  /** The maximum deviation of the players from the grid, in milliseconds. */
  readonly loosenessMs: number;
  readonly harmony: HarmonyLanguage;
  readonly form: FormName;
  readonly melody: MelodyManner;
  /** The instruments from which the composer chooses one for each part; null means that the part is not played. */
  readonly players: Readonly<Record<PitchedPart, readonly (InstrumentName | null)[]>>;
  /** Percussion that plays in addition to the kit. */
  readonly percussion?: readonly DrumLane[];
  /** Ways of playing that belong to the style. */
  readonly feel?: readonly Feel[];
  readonly kits: readonly (KitName | null)[];
  /**
   * The rhythms of the chords. Each text is one bar, with a symbol for each sixteenth:
   * - `x` plays the whole chord.
   * - `1` to `4` play one note of the chord, counted from the lowest.
   * - `b` plays the root of the chord in the bass (MIDI notes 36 to 47).
   * - `-` holds the note or chord of the previous symbol.
   * - `.` is a rest.
   */
  readonly comping: readonly string[];
  /**
   * The patterns of the bass, with a symbol for each sixteenth. The symbols `-` and `.` have the same meaning as in
   * `comping`. `1`, `3`, `5`, `7` and `8` are the root, the third, the fifth, the seventh and the octave of the chord.
   * `a` is a note that leads to the next root. `w` is a note of a walking bass (walking-bass.ts chooses the note).
   */
  readonly bass: readonly string[];
  /**
   * The patterns of arpeggios, with a symbol for each sixteenth. The symbols `-` and `.` have the same meaning as in
   * `comping`. `1` to `8` are the notes of the chord, counted from the lowest. Above the highest note, the notes are
   * repeated an octave higher: in a chord of three notes, `4` is the lowest note an octave higher.
   */
  readonly arpeggio: readonly string[];
  readonly drums: DrumBook;
  readonly textures: Partial<Textures>;
  readonly mix: Readonly<Partial<Record<Part, Partial<PartMix>>>>;
  /** How much the kick drum reduces the volume of chords, pads and arpeggios, from 0 (not at all) to 1. */
  readonly ducking: number;
  /**
   * The usual loudness of the style's unmastered mix, in LUFS. The loudness follower (sound/loudness.ts), which adjusts
   * the volume during a piece, starts with this value.
   */
  readonly rawLoudness: number;
}
