// Writes a piece as readable text for diffs: the sections, and the chords and notes of each bar.

import type { Part } from "../styles/style.ts";
import type { Note } from "./note.ts";
import type { Bar } from "./bar.ts";
import type { Piece } from "./piece.ts";

export const scoreText = (piece: Piece): string => {
  const { spec, timing, sections } = piece;
  const lines = [
    `${spec.title}: ${spec.style} in ${spec.tonic} ${spec.mode}, ${spec.bpm} bpm, ${spec.meter}, seed ${spec.seed}`,
    `${timing.bars} bars and a last chord of ${((timing.samples - timing.ringStart) / 44_100).toFixed(3)} s, ${timing.samples} samples`,
  ];
  for (let index = 0; index <= timing.bars; index++) {
    const section = sections.find(({ firstBar }) => firstBar === index);
    if (section !== undefined) lines.push("", `${section.kind}, ${section.bars} bars`);
    lines.push(...barLines(piece.barOf(index)));
  }
  return `${lines.join("\n")}\n`;
};

const barLines = (bar: Bar): readonly string[] => {
  const harmony = bar.harmony.map(({ chord }) => chord.name).join(" ");
  const parts: readonly Part[] = ["lead", "counter", "chords", "pad", "arp", "bass", "drums"];
  const played = parts.flatMap((part) => {
    const notes = bar.notes.filter((note) => note.part === part);
    return notes.length === 0
      ? []
      : [`    ${part.padEnd(6)} ${notes.map((note) => noteText(part, note)).join(" ")}`];
  });
  return [`  ${String(bar.index + 1).padStart(3)} | ${harmony}`, ...played];
};

/**
 * Writes a note as "1.50:D5v80l0.46": the beat counted from 1, the pitch, after "v" the velocity,
 * and after "l" the length in beats. A drum note has the number of the drum and no length:
 * "1.50:36v80".
 */
const noteText = (part: Part, { beat, pitch, velocity, beats }: Note): string => {
  const place = (beat + 1).toFixed(2);
  return part === "drums"
    ? `${place}:${pitch}v${velocity}`
    : `${place}:${nameOf(pitch)}v${velocity}l${beats.toFixed(2)}`;
};

const nameOf = (pitch: number): string => `${letters[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
const letters = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
