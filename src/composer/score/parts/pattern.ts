// Parses rhythms that are written with one character per sixteenth. In "x--.x-x-", the first note lasts three
// sixteenths, then a rest of one sixteenth follows, and so on.
import { LRUCache } from "lru-cache";

export interface PatternStep {
  /** The position in sixteenths from the bar's beginning. */
  readonly at: number;
  /** The length of the step in sixteenths. */
  readonly length: number;
  /** The symbol of the note to play, whose meaning depends on the part. */
  readonly symbol: string;
}

const HOLD = "-";
const REST = ".";

/**
 * Returns the steps of one bar. A bar that is shorter than the pattern uses the beginning of the pattern. A longer bar
 * repeats the pattern.
 */
export const stepsOf = (pattern: string, sixteenths: number): readonly PatternStep[] => {
  const name = `${sixteenths} ${pattern}`;
  const known = cachedSteps.get(name);
  if (known !== undefined) return known;
  const steps: PatternStep[] = [];
  for (let at = 0; at < sixteenths; at++) {
    const symbol = pattern[at % pattern.length] ?? REST;
    if (symbol === REST || symbol === HOLD) continue;
    let length = 1;
    while (at + length < sixteenths && pattern[(at + length) % pattern.length] === HOLD) length++;
    steps.push({ at, length, symbol });
  }
  cachedSteps.set(name, steps);
  return steps;
};

/** The cache has a limit, because each random variation of a style's pattern adds an entry. */
const cachedSteps = new LRUCache<string, readonly PatternStep[]>({ max: 2_000 });
