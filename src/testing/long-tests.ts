// Marks tests that take minutes and repeat the subject of shorter tests: `bun run test` skips them, and `bun run
// test:long` runs all tests.

export const runsLongTests = Bun.env.RONDO_TEST_LONG === "1";

/** Append this string to the title of each test that is skipped if `runsLongTests` is false. */
export const longOnly = "(only in `bun run test:long`)";
