// Names a chord in the key that sounds after all transpositions.

import { Note } from "tonal";
import type { BarKey } from "./bar-key.ts";
import { spell } from "./spelling.ts";

/** Returns the chord's name in the sounding key. Chords are composed in the plan's key. */
export const soundingChord = (name: string, tonic: string, key: BarKey): string => {
  const shift = pitchClassOf(key.tonic.replace(" flat", "b")) - pitchClassOf(tonic);
  return name.replace(/^[A-G][#b]*|(?<=\/)[A-G][#b]*/g, (root) => {
    const { letter, alteration } = spell((((pitchClassOf(root) + shift) % 12) + 12) % 12, key);
    return letter + (alteration > 0 ? "#" : "b").repeat(Math.abs(alteration));
  });
};

const pitchClassOf = (name: string): number => Note.chroma(name) ?? 0;
