// Marks the tests that take minutes and repeat what other tests try in a shorter form: `bun run test` skips them, and `bun run test:long` runs all tests.

export const runsLongTests = Bun.env.RONDO_TEST_LONG === "1";

/** Added to the title of a skipped test. */
export const longOnly = "(only in `bun run test:long`)";
