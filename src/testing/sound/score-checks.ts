// Defines checks of a plan's score for tests: what the instruments, notes, drums, meter and form have to be.

import { Note, Scale } from "tonal";
import type { InstrumentName } from "../../composer/instruments.ts";
import { meters, middleOf } from "../../composer/score/time/meter.ts";
import type { MusicSpec } from "../../composer/spec.ts";
import type { DrumLane, StyleName } from "../../composer/styles/style.ts";
import { type Heard, listenTo } from "./listen.ts";

export interface Answer {
  readonly spec: MusicSpec;
  readonly notUnderstood: readonly string[];
}
export type Check = (heard: Heard, answer: Answer) => boolean;

export const style =
  (name: StyleName): Check =>
  (_, { spec }) =>
    spec.style === name;
export const plays =
  (...names: InstrumentName[]): Check =>
  ({ players }) =>
    names.every((name) => players.has(name));
/** Requires that no other instruments and no drums play. The named instruments need not play. */
export const only =
  (...names: InstrumentName[]): Check =>
  ({ players, notes }) =>
    [...players].every((name) => names.includes(name)) && !notes.some(({ part }) => part === "drums");
export const hits =
  (...lanes: DrumLane[]): Check =>
  (heard) =>
    lanes.every((lane) => heard.bars.some((bar) => heard.hitsOf(bar, lane).length > 0));
export const kit =
  (name: string): Check =>
  (heard, { spec }) =>
    spec.parts.drums === name && hits("kick")(heard, { spec, notUnderstood: [] });
export const noDrums: Check = ({ notes }) => !notes.some(({ part }) => part === "drums");
export const noTune: Check = ({ notes }) => !notes.some(({ part }) => part === "lead" || part === "counter");
export const noVoices: Check = ({ players }) => !players.has("choir") && !players.has("humming voices");
export const bpm =
  (wanted: number): Check =>
  (heard, { spec }) =>
    Math.abs((heard.quartersPerMinute * 4) / meters[spec.meter].pulse - wanted) < 0.5;
export const tempo =
  (low: number, high: number): Check =>
  (heard, { spec }) => {
    const now = (heard.quartersPerMinute * 4) / meters[spec.meter].pulse;
    return now >= low && now <= high;
  };
export const meter =
  (name: MusicSpec["meter"]): Check =>
  ({ piece }, { spec }) =>
    spec.meter === name && piece.timing.quarters === meters[name].steps / 4;
/**
 * Requires that the last chord has the tonic as its root. Also adds up the lengths of all notes, and requires that
 * notes of the scale make up more than 80 % of the sum. In a minor key, the notes of harmonic minor are accepted, too.
 */
export const key =
  (tonic: string, mode: string): Check =>
  ({ notes, piece }) => {
    const names = mode === "minor" ? ["minor", "harmonic minor"] : [mode];
    const scale = new Set(
      names.flatMap((name) => Scale.get(`${tonic} ${name}`).notes.map((note) => Note.chroma(note))),
    );
    const sung = notes.filter(({ part }) => part !== "drums");
    const weight = (some: typeof sung): number => some.reduce((sum, { beats }) => sum + beats, 0);
    const inside = weight(sung.filter(({ pitch }) => scale.has(pitch % 12)));
    return (
      inside / weight(sung) > 0.8 &&
      piece.barOf(piece.timing.bars).harmony[0].chord.root === Note.chroma(tonic)
    );
  };
export const ends =
  (tonic: string): Check =>
  ({ piece }) =>
    piece.barOf(piece.timing.bars).harmony[0].chord.root === Note.chroma(tonic);
/**
 * Requires that the piece is in one of the modes, such as "dorian". The root of the last chord is taken as the tonic. A
 * mode fits under two conditions: its notes make up more than 80 % of the length of all notes, and its own third (minor
 * or major) sounds longer than the other third.
 */
export const mode =
  (...names: string[]): Check =>
  ({ notes, piece }) => {
    const root = piece.barOf(piece.timing.bars).harmony[0].chord.root;
    const sung = notes.filter(({ part }) => part !== "drums");
    const weightOf = (isWanted: (step: number) => boolean): number =>
      sung.reduce((sum, { beats, pitch }) => sum + (isWanted((pitch + 120 - root) % 12) ? beats : 0), 0);
    return names.some((name) => {
      const steps = new Set(Scale.get(`C ${name}`).notes.map((note) => Note.chroma(note)));
      const [own, other] = steps.has(3) ? [3, 4] : [4, 3];
      const fits = weightOf((step) => steps.has(step)) / weightOf(() => true) > 0.8;
      return fits && weightOf((step) => step === own) > weightOf((step) => step === other);
    });
  };
/** Requires that the words are in a phrase of the prompt that was not understood. */
export const told =
  (words: string): Check =>
  (_, { notUnderstood }) =>
    notUnderstood.some((phrase) => phrase.includes(words));
/** Returns how hard the instruments play: the sum of all velocities per second. */
export const forceOf = ({ notes, piece }: Pick<Heard, "notes" | "piece">): number =>
  notes.reduce((sum, { velocity }) => sum + velocity, 0) / (piece.timing.samples / 44_100);
/** Requires over 2 % more force than the same plan has at medium energy. */
export const lively: Check = (heard, { spec }) =>
  forceOf(heard) > 1.02 * forceOf(listenTo({ ...spec, energy: 0.5 }));
/** Requires over 2 % less force than the same plan has at medium energy. */
export const quiet: Check = (heard, { spec }) =>
  forceOf(heard) < 0.98 * forceOf(listenTo({ ...spec, energy: 0.5 }));
export const bright =
  (low: number, high: number): Check =>
  (_, { spec }) =>
    spec.brightness >= low && spec.brightness <= high;
export const texture =
  (name: keyof MusicSpec["textures"]): Check =>
  (_, { spec }) =>
    spec.textures[name] > 0.3;
export const section =
  (kind: string, bars?: number): Check =>
  ({ piece }) =>
    piece.sections.some((one) => one.kind === kind && (bars === undefined || one.bars === bars));
export const order =
  (...kinds: string[]): Check =>
  ({ piece }) =>
    piece.sections.map(({ kind }) => kind as string).join() === kinds.join();
export const soloOf =
  (name: InstrumentName): Check =>
  (heard, { spec }) => {
    const { solo } = spec.form;
    return (
      solo !== null &&
      solo !== "drums" &&
      spec.parts[solo] === name &&
      heard.bars.some(({ kind, notes }) => kind === "solo" && notes.some(({ part }) => part === solo))
    );
  };
export const beginsAlone =
  (name: InstrumentName): Check =>
  ({ bars }, { spec }) => {
    const first = new Set(bars.slice(0, 2).flatMap(({ notes }) => notes.map(({ part }) => part)));
    const [part] = first;
    return first.size === 1 && part !== undefined && part !== "drums" && spec.parts[part] === name;
  };
/** Requires a chorus or a verse. */
export const full: Check = ({ bars }) => bars.some(({ kind }) => kind === "chorus" || kind === "verse");
export const doubleKick: Check = (heard) => heard.bars.some((bar) => heard.hitsOf(bar, "kick").length >= 12);
export const halfTime: Check = (heard, { spec }) => {
  const middle = middleOf(spec.meter);
  const bars = heard.bars.filter(({ kind }) => kind === "chorus");
  return bars.slice(0, -1).some((bar) => {
    const backbeat = [...heard.hitsOf(bar, "snare"), ...heard.hitsOf(bar, "clap")];
    return backbeat.length > 0 && backbeat.every((at) => at === middle);
  });
};
export const rolls: Check = (heard) =>
  heard.bars.some((bar) => {
    const hats = bar.notes
      .filter(({ part, pitch }) => part === "drums" && pitch === 42)
      .map(({ beat }) => beat);
    return hats.some((beat, index) => index > 0 && beat - (hats[index - 1] ?? 0) < 0.15);
  });
export const offBeat: Check = ({ bars }) => {
  const chords = bars.flatMap(({ notes }) =>
    notes.filter(({ part }) => part === "chords").map(({ beat }) => beat % 1),
  );
  return chords.length > 0 && chords.filter((beat) => beat > 0.25 && beat < 0.8).length / chords.length > 0.8;
};
export const breakbeat: Check = (heard) =>
  heard.bars.some(
    (bar) => heard.hitsOf(bar, "snare").some((at) => at % 4 !== 0) && heard.hitsOf(bar, "kick").includes(10),
  );
export const clave: Check = (heard) =>
  heard.bars.some((bar) => heard.hitsOf(bar, "claves").join() === "2,4,8,11,14");
export const oneChord: Check = ({ piece }) =>
  new Set(
    Array.from({ length: piece.timing.bars - 1 }, (_, index) =>
      piece
        .barOf(index)
        .harmony.map(({ chord }) => chord.name)
        .join(),
    ),
  ).size === 1;
export const powerChords: Check = ({ bars }) => {
  const pitches = bars.flatMap(({ notes }) => notes.filter(({ part }) => part === "chords"));
  const classes = bars.map(
    ({ notes }) => new Set(notes.filter(({ part }) => part === "chords").map(({ pitch }) => pitch % 12)).size,
  );
  return pitches.length > 0 && classes.every((size) => size <= 4);
};
export const wobble: Check = ({ piece }) =>
  piece.sections.some(
    ({ kind, firstBar }) =>
      kind === "chorus" && piece.barOf(firstBar).faders.filter(({ part }) => part === "bass").length > 8,
  );
export const sidechain: Check = ({ piece }) =>
  piece.sections.some(
    ({ kind, firstBar }) =>
      kind === "chorus" &&
      piece.barOf(firstBar).faders.some(({ part, level }) => part === "pad" && level < 70),
  );
export const lifted: Check = ({ piece }) =>
  (piece.sections.findLast(({ kind }) => kind === "chorus")?.lift ?? 0) > 0;
export const builds: Check = ({ bars }) => {
  const third = Math.floor(bars.length / 3);
  const force = (some: typeof bars): number =>
    some.reduce((sum, { notes }) => sum + notes.reduce((total, { velocity }) => total + velocity, 0), 0) /
    some.length;
  return force(bars.slice(-third)) > 2 * force(bars.slice(0, third));
};
export const ending =
  (name: MusicSpec["form"]["ending"]): Check =>
  ({ piece }, { spec }) =>
    spec.form.ending === name &&
    (name === "stop"
      ? piece.barOf(piece.timing.bars).notes.every(({ beats }) => beats < 1)
      : piece.barOf(piece.timing.bars).notes.length === 0);
export const rubato: Check = ({ piece: { timing } }) =>
  new Set(Array.from({ length: 8 }, (_, bar) => Math.round(timing.quarterIn(bar)))).size > 4;
export const slowIntro: Check = ({ piece: { timing } }) => timing.quarterIn(0) > 1.3 * timing.quarterIn(8);
export const twelveBars: Check = ({ piece }) => piece.sections.some(({ bars }) => bars === 12);
/**
 * Requires a swing of more than `low`. The swing is measured by the median position of the notes between two beats. It
 * is 0 at the middle of the beat (straight eighths), and 1 at two thirds of the beat (triplets).
 */
export const swung =
  (low: number): Check =>
  ({ notes }) => {
    const between = notes.map(({ beat }) => beat % 1).filter((at) => at > 0.4 && at < 0.8);
    const middle = between.toSorted((one, other) => one - other)[Math.floor(between.length / 2)] ?? 0;
    return middle > 0.5 + low / 6;
  };
export const lasts =
  (low: number, high: number): Check =>
  ({ piece }) =>
    piece.timing.samples >= low * 44_100 && piece.timing.samples <= high * 44_100;
export const reverb: Check = (_, { spec }) => spec.feel.includes("reverb");
export const chordsBy =
  (name: InstrumentName): Check =>
  ({ notes }, { spec }) =>
    spec.parts.chords === name && notes.some(({ part }) => part === "chords");
export const tuneBy =
  (name: InstrumentName): Check =>
  ({ notes }, { spec }) =>
    spec.parts.lead === name && notes.some(({ part }) => part === "lead");
export const cross: Check = (heard) =>
  heard.bars.some((bar) => heard.hitsOf(bar, "cowbell").slice(0, 4).join() === "0,3,6,9");
