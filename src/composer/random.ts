// Generates random numbers that are the same on every machine. Each musical decision draws from its own named stream.

export interface Random {
  /** Returns a number of at least 0 and less than 1. */
  next(): number;
  /** Returns a whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  /** Throws RangeError if there are no choices. */
  pick<T>(choices: readonly [T, ...T[]] | readonly T[]): T;
  /** Returns a roughly normally distributed number between -1 and 1 with mean 0. */
  spread(): number;
}

/**
 * Creates the stream of numbers for a seed and a name. The numbers of `createRandom(seed, "bar", 7)` don't depend on
 * how many numbers were drawn from `createRandom(seed, "bar", 6)`.
 */
export const createRandom = (seed: number, ...name: readonly (string | number)[]): Random => {
  let state = hashText(`${seed}/${name.join("/")}`);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return {
    next,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (choices) => {
      const choice = choices[Math.floor(next() * choices.length)];
      if (choice === undefined) throw new RangeError("There is nothing to pick from.");
      return choice;
    },
    spread: () => (next() + next() + next()) / 1.5 - 1,
  };
};

/**
 * Returns a 32-bit FNV-1a hash with a final mix. Because of the mix, names that differ in one letter give unrelated
 * numbers.
 */
const hashText = (text: string): number => {
  let hash = 2166136261;
  for (let at = 0; at < text.length; at++) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 16777619);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
};
