// Whether the tests run on CI, where no test may be skipped because a tool is missing.
export const onCi = Bun.env.CI === "true";
