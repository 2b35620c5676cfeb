// Lets exact notes sound as if people played them: adds swing, small delays and small random changes of the velocity.

import { createRandom, type Random } from "../../random.ts";
import type { MusicSpec } from "../../spec.ts";
import { styleOf } from "../../styles/all-styles.ts";
import type { Part } from "../../styles/style.ts";
import { quartersOf, quartersPerMinute } from "./meter.ts";

/**
 * Both methods take random numbers from the same sequence. So a second call with the same arguments can return another
 * value, and the order of all calls affects the values.
 */
export interface Groove {
  /**
   * Returns the time at which a sixteenth of the bar is played, in quarter notes after the
   * beginning of the bar. The time is never negative. `sixteenth` counts from 0.
   */
  beatOf(sixteenth: number, part: Part): number;
  /** Returns the MIDI velocity of a note. `force` is the strength of the note, from 0 to 1. */
  velocityOf(force: number): number;
}

/** Returns the factor for the lateness of a part: the drums are the earliest, and the bass is the latest. */
const lateness = (part: Part): number => (part === "drums" ? 0.5 : part === "bass" ? 1.25 : 1);

export const createGroove = (spec: MusicSpec, random: Random, bar: number): Groove => {
  const { loosenessMs, swingUnit } = styleOf(spec);
  const steps = quartersOf(spec.meter) * 4;
  const [from, to] = [bar, bar + 1].map((at) => (1 + createRandom(spec.seed, "drift", at).spread()) / 2);
  /** Returns the lateness of the whole band, from 0 to 1. The value changes gradually from bar to bar. */
  const drift = (sixteenth: number): number => from! + ((to! - from!) * sixteenth) / steps;
  const looseBeats = (loosenessMs / 1000) * (quartersPerMinute(spec.bpm, spec.meter) / 60);
  return {
    beatOf: (sixteenth, part) => {
      const jitter = loosenessMs === 0 ? 0 : (1 + random.spread()) / 2;
      const share =
        spec.composerVersion === 1 ? jitter : (0.35 * jitter + 0.65 * drift(sixteenth)) * lateness(part);
      const late = loosenessMs === 0 ? 0 : looseBeats * share;
      return swungBeat(sixteenth / 4, spec.swing, swingUnit) + late;
    },
    velocityOf: (force) => {
      const touch = loosenessMs === 0 ? 0 : random.spread() * 5;
      return Math.max(1, Math.min(127, Math.round(24 + force * 88 + touch)));
    },
  };
};

/**
 * Applies swing to a beat. The second note of each pair of eighths or sixteenths moves later: from the middle of the
 * pair to at most two thirds of the pair. All other positions within the pair move in proportion.
 */
const swungBeat = (beat: number, swing: number, unit: "eighth" | "sixteenth"): number => {
  const pair = unit === "eighth" ? 1 : 0.5;
  const whole = Math.floor(beat / pair) * pair;
  const within = (beat - whole) / pair;
  const middle = 0.5 + swing / 6;
  const moved = within < 0.5 ? within * 2 * middle : middle + (within - 0.5) * 2 * (1 - middle);
  return whole + moved * pair;
};
