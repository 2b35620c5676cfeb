// Chooses the notes that play a chord (its layout). Each possible layout has a cost, and the layout with the lowest
// cost is chosen. A layout is cheap if its notes are near those of the previous chord (voice leading), if its average
// pitch is near MIDI note 61 (`middle`), and if it has no unfavourable intervals.

import type { ChordTones } from "./harmony.ts";

export type Voicing = readonly number[];

/** The lowest MIDI note of a layout. The notes from `lowest` to `highest` are above the bass and below the melody. */
const lowest = 50;
const highest = 74;
const middle = 61;
const voices = 4;

/**
 * Returns four MIDI notes from low to high. If there is no previous layout, the distance from `middle` has four times
 * its usual weight.
 */
export const voiceChord = (chord: ChordTones, previous: Voicing | undefined): Voicing => {
  let best: Voicing = [];
  let bestCost = Number.POSITIVE_INFINITY;
  for (const candidate of layoutsOf(essentialTones(chord))) {
    const cost = costOf(candidate, previous);
    if (cost < bestCost) {
      best = candidate;
      bestCost = cost;
    }
  }
  return best;
};

/** Returns the MIDI notes of the root, the fifth and the octave of the root: a chord for a distorted guitar. */
export const powerChord = ({ root }: ChordTones): Voicing => {
  const low = 40 + ((((root - 40) % 12) + 12) % 12);
  return [low, low + 7, low + 12];
};

/**
 * Returns the four tones to play. A triad gets its root a second time. Of a chord with five or more tones, the third,
 * the fifth, the seventh and the last tone are played. The root is left out, because the bass plays it.
 */
const essentialTones = (chord: ChordTones): readonly number[] => {
  const [root = 0, third = root, fifth = root, ...colours] = chord.pitchClasses;
  if (colours.length === 0) return [root, third, fifth, root];
  if (colours.length === 1) return [root, third, fifth, ...colours];
  const [seventh = root, ...upper] = colours;
  return [third, fifth, seventh, upper.at(-1) ?? root];
};

const layoutsOf = (tones: readonly number[]): readonly Voicing[] => {
  const layouts: Voicing[] = [];
  for (let turn = 0; turn < tones.length; turn++) {
    const order = [...tones.slice(turn), ...tones.slice(0, turn)];
    for (let bottom = lowest; bottom < lowest + 12; bottom++) {
      if (bottom % 12 !== order[0]) continue;
      const close = stackAbove(bottom, order);
      layouts.push(close, dropSecond(close));
    }
  }
  return layouts.filter((layout) => (layout[0] ?? 0) >= lowest && (layout.at(-1) ?? 128) <= highest);
};

const stackAbove = (bottom: number, order: readonly number[]): Voicing => {
  const stack = [bottom];
  for (const tone of order.slice(1, voices)) {
    const below = stack.at(-1) ?? bottom;
    stack.push(below + ((((tone - below) % 12) + 12) % 12 || 12));
  }
  return stack;
};

/** Moves the second-highest voice down an octave, which gives an open sound. */
const dropSecond = (close: Voicing): Voicing => {
  const second = close.at(-2);
  if (second === undefined) return close;
  return [...close.filter((note) => note !== second), second - 12].toSorted((low, high) => low - high);
};

const costOf = (layout: Voicing, previous: Voicing | undefined): number => {
  const centre = layout.reduce((sum, note) => sum + note, 0) / layout.length;
  let cost = Math.abs(centre - middle) * (previous === undefined ? 2 : 0.5);
  for (let voice = 1; voice < layout.length; voice++) {
    const gap = (layout[voice] ?? 0) - (layout[voice - 1] ?? 0);
    if (gap === 1) cost += 4;
    // A second or a third between the two lowest notes sounds muddy if the lowest note is below MIDI note 53.
    if (voice === 1 && gap < 5 && (layout[0] ?? 0) < 53) cost += 3;
    if (gap > 9) cost += 3;
  }
  if (previous !== undefined) {
    for (let voice = 0; voice < layout.length; voice++) {
      cost += Math.abs((layout[voice] ?? 0) - (previous[voice] ?? 0));
    }
    const top = Math.abs((layout.at(-1) ?? 0) - (previous.at(-1) ?? 0));
    if (top > 5) cost += top;
  }
  return cost;
};
