// Reads rhythms written as text, a character per sixteenth: "x--.x-x-" is a hit held for three, a rest,
// and so on.

export interface PatternStep {
  /** In sixteenths from the bar's beginning. */
  readonly at: number;
  /** The length of the pattern in sixteenths. */
  readonly length: number;
  /** The note to play; its meaning depends on the part that reads it. */
  readonly symbol: string;
}

const HOLD = "-";
const REST = ".";

/**
 * The steps of one bar. A bar shorter than the pattern uses its beginning; a longer one repeats it.
 */
export const stepsOf = (pattern: string, sixteenths: number): readonly PatternStep[] => {
  const known = read.get(pattern)?.get(sixteenths);
  if (known !== undefined) return known;
  const steps: PatternStep[] = [];
  for (let at = 0; at < sixteenths; at++) {
    const symbol = pattern[at % pattern.length] ?? REST;
    if (symbol === REST || symbol === HOLD) continue;
    let length = 1;
    while (at + length < sixteenths && pattern[(at + length) % pattern.length] === HOLD) length++;
    steps.push({ at, length, symbol });
  }
  const ofPattern = read.get(pattern) ?? new Map<number, readonly PatternStep[]>();
  read.set(pattern, ofPattern.set(sixteenths, steps));
  return steps;
};

/** The patterns are constants of the styles, so their number is fixed. */
const read = new Map<string, Map<number, readonly PatternStep[]>>();
