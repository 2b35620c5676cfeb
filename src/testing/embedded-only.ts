// Whether this run of the tests skips everything that needs a server. `bun run test:embedded` sets
// RONDO_TEST_PROFILES=embedded.
export const embeddedOnly = Bun.env.RONDO_TEST_PROFILES === "embedded";
