// Defines the two errors that a case of the generator check can throw: Mismatch if the generator differs from the
// contract, and SkipCase if the case can't be checked.

/** The generator does not fulfil the contract. */
export class Mismatch extends Error {
  readonly expected: string;
  readonly observed: string;

  constructor(expected: string, observed: string) {
    super(`expected ${expected}, observed ${observed}`);
    this.expected = expected;
    this.observed = observed;
  }
}

/** Thrown if a case can't be checked in this run. The message is a sentence with the reason. */
export class SkipCase extends Error {}

export function expectThat(
  holds: boolean,
  expected: string,
  observed: string | (() => string),
): asserts holds {
  if (!holds) throw new Mismatch(expected, typeof observed === "string" ? observed : observed());
}

/** Formats a value as one short line. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
