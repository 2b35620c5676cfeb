// Finds the notes that a melody is allowed to use: the scale of the key, adapted to the current chord.

import { Note, Scale } from "tonal";
import type { MelodyManner, Mode } from "../../styles/style.ts";
import type { ChordTones } from "../harmony/harmony.ts";

/** Returns the ladder: all allowed MIDI notes from `low` to `high`, both included, in ascending order. */
export const ladderOf = (
  scale: readonly number[],
  chord: ChordTones,
  low: number,
  high: number,
): readonly number[] => {
  const allowed = new Set(scale);
  for (const tone of chord.pitchClasses) {
    if (allowed.has(tone)) continue;
    // A chord tone that is not in the scale replaces its two neighbours, a semitone below and above. For example, over
    // E7 in A minor, the melody uses G sharp in place of G and A. A neighbour that is itself a chord tone stays
    // allowed.
    for (const neighbour of [(tone + 11) % 12, (tone + 1) % 12]) {
      if (!chord.pitchClasses.includes(neighbour)) allowed.delete(neighbour);
    }
    allowed.add(tone);
  }
  const ladder: number[] = [];
  for (let note = low; note <= high; note++) if (allowed.has(note % 12)) ladder.push(note);
  return ladder;
};

/**
 * Returns the scale of a melody. A syncopated or sparse melody uses a five-note scale, which has no dissonant steps.
 * Other melodies, and all melodies in phrygian, use the whole scale.
 */
export const melodyScaleOf = (tonic: string, mode: Mode, manner: MelodyManner): readonly number[] => {
  const isPentatonic = manner === "syncopated" || manner === "sparse";
  const name = isPentatonic ? (pentatonics[mode] ?? mode) : mode;
  return Scale.get(`${tonic} ${name}`).notes.map((note) => Note.chroma(note) ?? 0);
};

const pentatonics: Readonly<Partial<Record<Mode, string>>> = {
  major: "major pentatonic",
  lydian: "major pentatonic",
  mixolydian: "major pentatonic",
  minor: "minor pentatonic",
  dorian: "minor pentatonic",
};

/**
 * Returns the index of the ladder's note that is nearest to `note`. If two notes are equally near,
 * returns the index of the lower note. If the ladder is empty, returns 0.
 */
export const nearestRung = (ladder: readonly number[], note: number): number => {
  let best = 0;
  for (let rung = 1; rung < ladder.length; rung++) {
    if (Math.abs((ladder[rung] ?? 0) - note) < Math.abs((ladder[best] ?? 0) - note)) best = rung;
  }
  return best;
};
