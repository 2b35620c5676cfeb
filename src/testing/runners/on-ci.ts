// Determines whether the tests run on CI, where no test may be skipped for a missing tool.
export const onCi = Bun.env.CI === "true";
