// Whether the tests run on CI. If the tool that a test needs is missing, the test must fail on CI. Elsewhere, the test
// can be skipped.
export const onCi = Bun.env.CI === "true";
