// Transposes the name of a chord from the key of the plan to the key of a bar.

import { Note } from "tonal";
import type { BarKey } from "./bar-key.ts";
import { spell } from "./spelling.ts";

/**
 * Returns the name of a chord in `key`, the key in which a bar sounds. `name` is the chord's name in the key of the
 * plan, whose tonic is `tonic`. The two keys differ if the section of the bar is transposed.
 */
export const soundingChord = (name: string, tonic: string, key: BarKey): string => {
  const shift = pitchClassOf(key.tonic.replace(" flat", "b")) - pitchClassOf(tonic);
  return name.replace(/^[A-G][#b]*|(?<=\/)[A-G][#b]*/g, (root) => {
    const { letter, alteration } = spell((((pitchClassOf(root) + shift) % 12) + 12) % 12, key);
    return letter + (alteration > 0 ? "#" : "b").repeat(Math.abs(alteration));
  });
};

const pitchClassOf = (name: string): number => Note.chroma(name) ?? 0;
