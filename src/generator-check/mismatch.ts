// Defines the errors of a case that doesn't pass: a difference from the contract, or a skipped case with the reason.

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
