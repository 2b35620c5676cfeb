// Turns grid positions into human timing: swing, lateness and touch.

import type { Random } from "../random.ts";
import type { MusicSpec } from "../spec.ts";
import { styleOf } from "../styles/all-styles.ts";
import { quartersPerMinute } from "./meter.ts";

export interface Groove {
  /** The beat at which a sixteenth of the bar is played; never before the bar. */
  beatOf(sixteenth: number): number;
  /** The velocity of a note with this strength, 0 to 1. */
  velocityOf(force: number): number;
}

export const createGroove = (spec: MusicSpec, random: Random): Groove => {
  const { loosenessMs, swingUnit } = styleOf(spec);
  const looseBeats = (loosenessMs / 1000) * (quartersPerMinute(spec.bpm, spec.meter) / 60);
  return {
    beatOf: (sixteenth) => {
      const late = loosenessMs === 0 ? 0 : (looseBeats * (1 + random.spread())) / 2;
      return swungBeat(sixteenth / 4, spec.swing, swingUnit) + late;
    },
    velocityOf: (force) => {
      const touch = loosenessMs === 0 ? 0 : random.spread() * 5;
      return Math.max(1, Math.min(127, Math.round(24 + force * 88 + touch)));
    },
  };
};

/**
 * The middle of each pair of notes moves later, up to the last third; positions in between move
 * with it.
 */
const swungBeat = (beat: number, swing: number, unit: "eighth" | "sixteenth"): number => {
  const pair = unit === "eighth" ? 1 : 0.5;
  const whole = Math.floor(beat / pair) * pair;
  const within = (beat - whole) / pair;
  const middle = 0.5 + swing / 6;
  const moved = within < 0.5 ? within * 2 * middle : middle + (within - 0.5) * 2 * (1 - middle);
  return whole + moved * pair;
};
