// Defines the errors of a case that doesn't pass: a difference from the contract, or a skip with its reason.

/** The generator does not do what the contract says. */
export class Mismatch extends Error {
  readonly expected: string;
  readonly came: string;

  constructor(expected: string, came: string) {
    super(`expected ${expected}, but ${came} came`);
    this.expected = expected;
    this.came = came;
  }
}

/** The case can't be checked here; `reason` is a sentence. */
export class SkipCase extends Error {}

export function expectThat(holds: boolean, expected: string, came: string | (() => string)): asserts holds {
  if (!holds) throw new Mismatch(expected, typeof came === "string" ? came : came());
}

/** Returns a value as one short line. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
