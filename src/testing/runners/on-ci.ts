// Whether the tests run on CI. On CI, a test whose tool is missing must fail; elsewhere, it may be skipped.
export const onCi = Bun.env.CI === "true";
