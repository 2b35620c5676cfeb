// Vitest for this one suite: ours are run by Bun.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/suite.vitest.ts"],
    root: import.meta.dirname,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
