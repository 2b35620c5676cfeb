// Writes a piece as a Standard MIDI File: one track with tempo, meter, key signatures and sections, and one track for
// each part that the piece has.

import { instruments, kits } from "../instruments.ts";
import { meters } from "../score/time/meter.ts";
import type { Bar } from "../score/bar.ts";
import type { Piece } from "../score/piece.ts";
import { dbToGain } from "../sound/decibels.ts";
import { expressionOf } from "../sound/expression.ts";
import { type MusicSpec, sampleRate } from "../spec.ts";
import { type Part, parts, pitchedParts } from "../styles/style.ts";
import { isMinor, keyOfBar } from "./bar-key.ts";
import {
  bigEndian,
  encodeMidiFile,
  type MidiEvent,
  type MidiTrack,
  metaEvent,
  textEvent,
} from "./midi-file.ts";
import type { Heading } from "./heading.ts";
import { partNames } from "./part-names.ts";
import { type TimedNote, withoutOverlaps } from "./without-overlaps.ts";

const ticksPerQuarter = 480;
const drumChannel = 9;

/** The file is as long as the sound, and each note begins at the same time as in the sound, rounded to ticks. */
export const pieceMidi = (piece: Piece, heading: Heading): Uint8Array => {
  const endTick = endTickOf(piece);
  const played = parts.filter((part) => piece.spec.parts[part] !== null);
  const bars = barIndexes(piece).map((index) => piece.barOf(index));
  return encodeMidiFile({
    ticksPerQuarter,
    endTick,
    tracks: [conductorTrack(piece, heading), ...played.map((part) => partTrack(piece, bars, part, endTick))],
  });
};

/** Returns the indexes of all bars. If a last chord rings after the bars, it counts as one more bar. */
const barIndexes = ({ timing }: Piece): readonly number[] =>
  Array.from({ length: timing.bars + (timing.ringStart < timing.samples ? 1 : 0) }, (_, index) => index);

const tickOf = ({ timing }: Piece, bar: number, beat: number): number =>
  Math.round((bar * timing.quarters + beat) * ticksPerQuarter);

const endTickOf = (piece: Piece): number => {
  const { barAt, barStart, quarterIn, samples } = piece.timing;
  const bar = barAt(samples);
  return tickOf(piece, bar, (samples - barStart(bar)) / quarterIn(bar));
};

/** The order of events at the same tick. A note ends before the next note begins. */
const order = { noteOff: 0, setting: 1, noteOn: 2 } as const;

const conductorTrack = (piece: Piece, { title, remarks }: Heading): MidiTrack => {
  const { timing, sections } = piece;
  const events: MidiEvent[] = [];
  const add = (bar: number, bytes: readonly number[]): void => {
    events.push({ tick: tickOf(piece, bar, 0), order: order.setting, bytes });
  };
  for (const remark of remarks) add(0, textEvent("text", remark));
  add(0, meterEvent(piece));
  let [tempo, key] = ["", ""];
  for (const bar of barIndexes(piece)) {
    const micros = Math.round((timing.quarterIn(bar) / sampleRate) * 1_000_000);
    if (tempo !== String(micros)) add(bar, metaEvent(0x51, bigEndian(micros, 3)));
    tempo = String(micros);
    const { sharps, mode } = keyOfBar(piece, bar);
    if (key !== `${sharps} ${mode}`) add(bar, metaEvent(0x59, [sharps & 0xff, isMinor(mode) ? 1 : 0]));
    key = `${sharps} ${mode}`;
  }
  for (const { kind, firstBar } of sections) add(firstBar, textEvent("marker", kind));
  return { name: title, events };
};

/** The metronome clicks once per beat. A beat has `pulse` sixteenths, and a sixteenth has 6 MIDI clocks. */
const meterEvent = ({ spec }: Piece): readonly number[] => {
  const [beats = 4, unit = 4] = spec.meter.split("/").map(Number);
  return metaEvent(0x58, [beats, Math.log2(unit), meters[spec.meter].pulse * 6, 8]);
};

const partTrack = (piece: Piece, bars: readonly Bar[], part: Part, endTick: number): MidiTrack => {
  const { spec } = piece;
  const channel = part === "drums" ? drumChannel : pitchedParts.indexOf(part);
  const { label, program } = playerOf(spec, part);
  const volume = Math.min(127, Math.round(usualVolume * dbToGain((spec.levels[part] ?? 0) / 2)));
  const events: MidiEvent[] = [
    { tick: 0, order: order.setting, bytes: [0xc0 | channel, program] },
    { tick: 0, order: order.setting, bytes: [0xb0 | channel, controllers.volume, volume] },
  ];
  const notes: TimedNote[] = [];
  for (const bar of bars) {
    const { index, notes: played } = bar;
    for (const { beat, controller, value } of controlsOf(piece, bar, part)) {
      const tick = tickOf(piece, index, beat);
      if (tick < endTick)
        events.push({ tick, order: order.setting, bytes: [0xb0 | channel, controllers[controller], value] });
    }
    for (const { beat, beats, pitch, velocity } of played.filter((note) => note.part === part)) {
      const start = tickOf(piece, index, beat);
      const end = Math.min(endTick, Math.max(start + 1, tickOf(piece, index, beat + beats)));
      if (start < endTick) notes.push({ start, end, pitch, velocity });
    }
  }
  for (const { start, end, pitch, velocity } of withoutOverlaps(notes)) {
    events.push({ tick: start, order: order.noteOn, bytes: [0x90 | channel, pitch, velocity] });
    events.push({ tick: end, order: order.noteOff, bytes: [0x80 | channel, pitch, 0] });
  }
  return { name: `${partNames[part]} (${label})`, events };
};

const controllers = { vibrato: 1, volume: 7, expression: 11, pedal: 64 } as const;

/** Returns a part's swells, vibrato and pedal in a bar. */
const controlsOf = ({ spec, timing }: Piece, bar: Bar, part: Part) => [
  ...bar.faders
    .filter((move) => move.part === part)
    .map(({ beat, level }) => ({ beat, controller: "expression" as const, value: level })),
  ...expressionOf(spec, bar, timing.quarterIn(bar.index) / sampleRate).filter((move) => move.part === part),
];

/** The channel volume that General MIDI players use until a file sets another volume. */
const usualVolume = 100;

const playerOf = (spec: MusicSpec, part: Part): { readonly label: string; readonly program: number } => {
  if (part !== "drums") return instruments[spec.parts[part] ?? "piano"];
  const kit = spec.parts.drums ?? "room";
  return { label: `${kit} kit`, program: kits[kit].program };
};
