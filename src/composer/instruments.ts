// Lists the instruments of the sound bank: their General MIDI programs, ranges and levels.

export interface Instrument {
  readonly program: number;
  /** The lowest and the highest note at which the instrument sounds natural, as MIDI numbers. */
  readonly low: number;
  readonly high: number;
  /**
   * The gain in decibels with which the instrument sounds as loud as the other instruments when all
   * play the same notes.
   */
  readonly trimDb: number;
  /** The instrument's name for people. */
  readonly label: string;
}

export const instruments = {
  piano: { program: 0, low: 33, high: 96, trimDb: 3, label: "piano" },
  "electric piano": { program: 4, low: 36, high: 88, trimDb: -3, label: "electric piano" },
  "soft keys": { program: 5, low: 36, high: 88, trimDb: 2, label: "soft keys" },
  vibraphone: { program: 11, low: 53, high: 89, trimDb: 0, label: "vibraphone" },
  marimba: { program: 12, low: 48, high: 91, trimDb: 1, label: "marimba" },
  "acoustic guitar": { program: 24, low: 40, high: 83, trimDb: 2, label: "acoustic guitar" },
  "jazz guitar": { program: 26, low: 40, high: 84, trimDb: -3, label: "jazz guitar" },
  "double bass": { program: 32, low: 28, high: 55, trimDb: -1.5, label: "double bass" },
  "bass guitar": { program: 33, low: 28, high: 55, trimDb: -2.5, label: "bass guitar" },
  "synth bass": { program: 38, low: 28, high: 55, trimDb: 3, label: "synth bass" },
  strings: { program: 48, low: 36, high: 91, trimDb: -2, label: "strings" },
  choir: { program: 52, low: 48, high: 79, trimDb: -1.5, label: "choir" },
  flute: { program: 73, low: 60, high: 93, trimDb: -4.5, label: "flute" },
  synth: { program: 81, low: 36, high: 91, trimDb: -7, label: "synth" },
  bells: { program: 88, low: 48, high: 91, trimDb: -3.5, label: "bells" },
  square: { program: 80, low: 36, high: 96, trimDb: -7, label: "square wave" },
  pulse: { program: 82, low: 36, high: 96, trimDb: 0, label: "pulse wave" },
  triangle: { program: 83, low: 28, high: 72, trimDb: 1, label: "triangle wave" },
  "warm pad": { program: 89, low: 36, high: 84, trimDb: 4.5, label: "warm pad" },
  harpsichord: { program: 6, low: 41, high: 89, trimDb: 1.5, label: "harpsichord" },
  clavinet: { program: 7, low: 36, high: 84, trimDb: 1, label: "clavinet" },
  celesta: { program: 8, low: 60, high: 100, trimDb: 1.5, label: "celesta" },
  glockenspiel: { program: 9, low: 72, high: 103, trimDb: 1, label: "glockenspiel" },
  "music box": { program: 10, low: 60, high: 96, trimDb: -3, label: "music box" },
  xylophone: { program: 13, low: 60, high: 96, trimDb: 6, label: "xylophone" },
  "tubular bells": { program: 14, low: 60, high: 79, trimDb: -2, label: "tubular bells" },
  dulcimer: { program: 15, low: 50, high: 86, trimDb: 5, label: "dulcimer" },
  organ: { program: 16, low: 36, high: 96, trimDb: 1, label: "organ" },
  "rock organ": { program: 18, low: 36, high: 96, trimDb: -1.5, label: "rock organ" },
  "church organ": { program: 19, low: 36, high: 96, trimDb: -2, label: "church organ" },
  accordion: { program: 21, low: 48, high: 89, trimDb: 0.5, label: "accordion" },
  harmonica: { program: 22, low: 60, high: 88, trimDb: -1, label: "harmonica" },
  bandoneon: { program: 23, low: 48, high: 89, trimDb: -0.5, label: "bandoneon" },
  "steel guitar": { program: 25, low: 40, high: 84, trimDb: 3, label: "steel guitar" },
  "clean guitar": { program: 27, low: 40, high: 86, trimDb: -4.5, label: "clean guitar" },
  "muted guitar": { program: 28, low: 40, high: 79, trimDb: 3.5, label: "muted guitar" },
  "overdriven guitar": { program: 29, low: 40, high: 86, trimDb: -2.5, label: "overdriven guitar" },
  "distorted guitar": { program: 30, low: 40, high: 86, trimDb: -4.5, label: "distorted guitar" },
  "picked bass": { program: 34, low: 28, high: 55, trimDb: -4, label: "picked bass" },
  "fretless bass": { program: 35, low: 28, high: 55, trimDb: -3, label: "fretless bass" },
  "slap bass": { program: 36, low: 28, high: 55, trimDb: -1.5, label: "slap bass" },
  violin: { program: 40, low: 55, high: 96, trimDb: -2, label: "violin" },
  viola: { program: 41, low: 48, high: 86, trimDb: -1.5, label: "viola" },
  cello: { program: 42, low: 36, high: 76, trimDb: -1.5, label: "cello" },
  contrabass: { program: 43, low: 28, high: 55, trimDb: 0, label: "contrabass" },
  "tremolo strings": { program: 44, low: 36, high: 91, trimDb: -1.5, label: "tremolo strings" },
  "pizzicato strings": { program: 45, low: 36, high: 91, trimDb: -0.5, label: "pizzicato strings" },
  harp: { program: 46, low: 36, high: 96, trimDb: 0.5, label: "harp" },
  timpani: { program: 47, low: 36, high: 57, trimDb: 0, label: "timpani" },
  "humming voices": { program: 53, low: 48, high: 79, trimDb: -2, label: "humming voices" },
  trumpet: { program: 56, low: 55, high: 84, trimDb: -5, label: "trumpet" },
  trombone: { program: 57, low: 40, high: 72, trimDb: -9, label: "trombone" },
  tuba: { program: 58, low: 28, high: 55, trimDb: -4, label: "tuba" },
  "muted trumpet": { program: 59, low: 55, high: 84, trimDb: -8, label: "muted trumpet" },
  "french horn": { program: 60, low: 41, high: 77, trimDb: -3, label: "french horn" },
  "brass section": { program: 61, low: 40, high: 86, trimDb: -5.5, label: "brass section" },
  "soprano sax": { program: 64, low: 56, high: 87, trimDb: -4, label: "soprano sax" },
  "alto sax": { program: 65, low: 49, high: 80, trimDb: -4.5, label: "alto sax" },
  "tenor sax": { program: 66, low: 44, high: 75, trimDb: -3.5, label: "tenor sax" },
  "baritone sax": { program: 67, low: 36, high: 68, trimDb: -2, label: "baritone sax" },
  oboe: { program: 68, low: 58, high: 91, trimDb: -4, label: "oboe" },
  "english horn": { program: 69, low: 52, high: 81, trimDb: 0.5, label: "english horn" },
  bassoon: { program: 70, low: 34, high: 70, trimDb: -3.5, label: "bassoon" },
  clarinet: { program: 71, low: 50, high: 91, trimDb: -2.5, label: "clarinet" },
  piccolo: { program: 72, low: 74, high: 103, trimDb: -3.5, label: "piccolo" },
  recorder: { program: 74, low: 60, high: 91, trimDb: -6, label: "recorder" },
  "pan flute": { program: 75, low: 60, high: 93, trimDb: -3, label: "pan flute" },
  shakuhachi: { program: 77, low: 55, high: 86, trimDb: -5.5, label: "shakuhachi" },
  "tin whistle": { program: 78, low: 62, high: 93, trimDb: -10, label: "tin whistle" },
  ocarina: { program: 79, low: 60, high: 89, trimDb: -7, label: "ocarina" },
  sitar: { program: 104, low: 48, high: 79, trimDb: 1, label: "sitar" },
  banjo: { program: 105, low: 48, high: 84, trimDb: -0.5, label: "banjo" },
  shamisen: { program: 106, low: 50, high: 79, trimDb: 6, label: "shamisen" },
  koto: { program: 107, low: 55, high: 86, trimDb: 0, label: "koto" },
  kalimba: { program: 108, low: 48, high: 84, trimDb: 4.5, label: "kalimba" },
  bagpipe: { program: 109, low: 48, high: 77, trimDb: -6.5, label: "bagpipe" },
  fiddle: { program: 110, low: 55, high: 93, trimDb: -2, label: "fiddle" },
  "steel drums": { program: 114, low: 52, high: 84, trimDb: 1.5, label: "steel drums" },
  taiko: { program: 116, low: 36, high: 60, trimDb: 1.5, label: "taiko" },
} as const satisfies Record<string, Instrument>;

export type InstrumentName = keyof typeof instruments;

/** The drum kits, with their program numbers on the percussion channel and their gains in decibels. */
export const kits = {
  standard: { program: 0, trimDb: 3 },
  room: { program: 8, trimDb: 1 },
  electronic: { program: 25, trimDb: -6 },
  brushes: { program: 40, trimDb: 1 },
} as const;

export type KitName = keyof typeof kits;

export const isInstrumentName = (name: unknown): name is InstrumentName =>
  typeof name === "string" && Object.hasOwn(instruments, name);

export const isKitName = (name: unknown): name is KitName =>
  typeof name === "string" && Object.hasOwn(kits, name);
