// Whether the tests run on CI. On CI, a test whose tool is missing must fail. Elsewhere, the test
// can be skipped.
export const onCi = Bun.env.CI === "true";
