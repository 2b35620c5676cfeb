// The instruments of the sound bank: their General MIDI programs, ranges and levels.

export interface Instrument {
  readonly program: number;
  /** The range of notes that sound natural. */
  readonly low: number;
  readonly high: number;
  /** The gain in decibels that makes it as loud as the others, measured with the same notes. */
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
} as const satisfies Record<string, Instrument>;

export type InstrumentName = keyof typeof instruments;

/** Drum kits by their program on the percussion channel. */
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
