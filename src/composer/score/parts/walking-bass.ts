// Composes a walking bass, by these rules:
// - The first note of a chord is its root. At the beginning of a bar it is sometimes the third or the fifth instead.
// - A note in the middle of a bar (on the ninth sixteenth) is another tone of the chord.
// - The last note of a bar leads to the root of the next bar: it is a step away from this root, or it is its fifth.
// - All other notes are a small interval away from the note before.

import { createRandom } from "../../random.ts";
import type { MusicSpec } from "../../spec.ts";
import type { ChordSpan } from "../harmony/harmony.ts";

export interface WalkingStep {
  readonly spec: MusicSpec;
  readonly span: ChordSpan;
  readonly at: number;
  /** The previous note in this bar; undefined for the first note. */
  readonly before: number | undefined;
  readonly low: number;
  readonly nextRoot: number;
  /** Whether this note is the last one of its bar. */
  readonly isLast: boolean;
  /** The number of the bar in the piece. */
  readonly place: number;
}

const span = 20;

export const walkingNote = (step: WalkingStep): number => {
  const { spec, at, before, low, nextRoot, isLast, place } = step;
  const { chord } = step.span;
  const random = createRandom(spec.seed, "walk", place, at);
  const tones = chord.pitchClasses.slice(0, 4);
  const near = before ?? low + 8;
  if (step.span.at === at) {
    // A chord begins with its root. The first note of a bar is sometimes the third or fifth instead, so that the bars
    // differ.
    return nearest(
      before === undefined && place % 4 !== 0 && random.chance(0.25)
        ? random.pick(tones.slice(1, 3))
        : chord.root,
      near,
      low,
    );
  }
  if (isLast) {
    const goal = nearest(nextRoot, near, low);
    return goal + random.pick(goal >= near ? [-1, -1, -2, 7] : [1, 1, 2, -5]);
  }
  if (at % 8 === 0) return nearest(random.pick(tones.slice(1)), near + random.pick([-3, 3, 4]), low);
  return near + random.pick(near > low + 12 ? [-2, -1, -2, 3] : [2, 1, 2, -3]);
};

const nearest = (pitchClass: number, near: number, low: number): number => {
  let best = low + ((((pitchClass - low) % 12) + 12) % 12);
  for (let note = best; note <= low + span; note += 12)
    if (Math.abs(note - near) < Math.abs(best - near)) best = note;
  return best;
};
