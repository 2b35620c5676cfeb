// Rhythms written as text, a character a sixteenth: "x--.x-x-" is a hit held for three, a rest, and so on.

export interface PatternStep {
  /** In sixteenths from the bar's beginning. */
  readonly at: number;
  /** How long it is held, in sixteenths. */
  readonly length: number;
  /** What to play; its meaning belongs to the part that reads it. */
  readonly symbol: string;
}

const HOLD = "-";
const REST = ".";

/** The steps of one bar. A bar shorter than the pattern hears only the beginning; a longer one hears it again. */
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

/** The patterns stand in the styles, so there is a fixed number of them. */
const read = new Map<string, Map<number, readonly PatternStep[]>>();
