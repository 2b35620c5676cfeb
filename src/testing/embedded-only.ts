// Determines whether a run of the tests leaves out every server: RONDO_TEST_PROFILES=embedded, as `bun run test:embedded` sets it.
export const embeddedOnly = Bun.env.RONDO_TEST_PROFILES === "embedded";
