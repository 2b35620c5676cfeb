// Whether this is CI, where what a test needs must be there.
export const onCi = Bun.env.CI === "true";
