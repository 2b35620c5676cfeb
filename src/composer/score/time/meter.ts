// Lists the meters. For each meter, the list has the number of sixteenths in a bar, the accented groups of a bar, and
// the length of a beat. The tempo is the number of these beats per minute. A function converts patterns from one meter
// to another.

export const meterNames = ["2/4", "3/4", "4/4", "5/4", "6/8", "7/8", "12/8"] as const;

export type MeterName = (typeof meterNames)[number];

export interface Meter {
  /** The number of sixteenths in a bar. */
  readonly steps: number;
  /** The number of sixteenths in each group of a bar, in order. Each group begins with an accent. */
  readonly groups: readonly number[];
  /**
   * The number of sixteenths in the beat that "beats per minute" counts, which is a dotted quarter
   * note in 6/8 and 12/8.
   */
  readonly pulse: 4 | 6;
}

export const meters: Readonly<Record<MeterName, Meter>> = {
  "2/4": { steps: 8, groups: [4, 4], pulse: 4 },
  "3/4": { steps: 12, groups: [4, 4, 4], pulse: 4 },
  "4/4": { steps: 16, groups: [4, 4, 4, 4], pulse: 4 },
  "5/4": { steps: 20, groups: [4, 4, 4, 4, 4], pulse: 4 },
  "6/8": { steps: 12, groups: [6, 6], pulse: 6 },
  "7/8": { steps: 14, groups: [4, 4, 6], pulse: 4 },
  "12/8": { steps: 24, groups: [6, 6, 6, 6], pulse: 6 },
};

/**
 * Returns the number of quarter notes in a bar. The `beat` of a note is counted in quarter notes in every meter, even
 * if the `pulse` of the meter is longer.
 */
export const quartersOf = (meter: MeterName): number => meters[meter].steps / 4;

/** Returns the quarter notes per minute at this tempo. */
export const quartersPerMinute = (bpm: number, meter: MeterName): number => (bpm * meters[meter].pulse) / 4;

/**
 * Returns the step that divides a bar into two parts, for example where a second chord starts. Steps are sixteenths,
 * counted from 0. In 3/4, 5/4 and 7/8, the first part is longer than the second.
 */
export const middleOf = (meter: MeterName): number => middles[meter];

const middles: Readonly<Record<MeterName, number>> = {
  "2/4": 4,
  "3/4": 8,
  "4/4": 8,
  "5/4": 12,
  "6/8": 6,
  "7/8": 8,
  "12/8": 12,
};

/**
 * Converts a pattern, which has one symbol per sixteenth, to another meter. A pattern that is not exactly one bar of
 * `from` long is returned unchanged.
 * - If both meters have the same `pulse`, the end of the pattern is cut off, or a part of the pattern is repeated.
 * - From beats of two eighths to beats of three eighths (4/4 to 6/8): the two eighths of a beat become the first and
 *   the last of the three.
 * - From beats of three eighths to beats of two eighths: each beat is compressed to the length of the new beat.
 */
export const fitPattern = (pattern: string, from: MeterName, to: MeterName): string => {
  const [source, target] = [meters[from], meters[to]];
  if (from === to || pattern.length !== source.steps) return pattern;
  if (source.pulse === target.pulse)
    return pattern.length >= target.steps ? cutTo(pattern, to) : padTo(pattern, to);
  const size = source.pulse;
  const beats = source.steps / size;
  return target.groups
    .map((length, index) => {
      const at = (index % beats) * size;
      return remapped(pattern.slice(at, at + size), length);
    })
    .join("");
};

/**
 * Cuts off the end of a pattern, so that the pattern fits a shorter meter. A pattern in 4/4 loses its last eighth in
 * 7/8, and its last beat in 3/4.
 */
const cutTo = (pattern: string, to: MeterName): string => pattern.slice(0, meters[to].steps);

/**
 * Extends a pattern to a longer meter. A pattern in 4/4 gets five beats in 5/4: its beats 1, 2, 3, 3 and 4. Other
 * patterns are repeated from their beginning.
 */
const padTo = (pattern: string, to: MeterName): string => {
  const { steps } = meters[to];
  const missing = steps - pattern.length;
  const tail = to === "5/4" && pattern.length === 16 ? pattern.slice(0, 12) + pattern.slice(8) : pattern;
  return tail.length >= steps ? tail.slice(0, steps) : tail + pattern.repeat(4).slice(0, missing);
};

/** Converts one beat of four or six sixteenths to another length. */
const remapped = (beat: string, length: number): string => {
  const places = beat.length === 4 ? [0, 2, 4, 5, 6] : [0, 1, 1, 2, 2, 3, 4];
  const placeOf = (step: number): number => {
    if (beat.length === 4 && step === 3 && ".-".includes(beat[2] ?? ".")) return 4;
    return Math.min(length, Math.round(((places[step] ?? 0) * length) / (beat.length === 4 ? 6 : 4)));
  };
  const steps = Array.from({ length }, () => ".");
  for (let step = 0; step < beat.length; step++) {
    const symbol = beat[step] ?? ".";
    if (symbol === ".") continue;
    const end = Math.max(placeOf(step) + 1, placeOf(step + 1));
    for (let at = placeOf(step); at < end; at++) {
      if (steps[at] === ".")
        steps[at] = at === placeOf(step) ? symbol : symbol === "-" || beat[step + 1] === "-" ? "-" : ".";
    }
  }
  return steps.join("");
};
