// Vitest for this one suite: ours are run by Bun.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/suite.vitest.ts"],
    root: import.meta.dirname,
    // The suite measures waits of milliseconds beside other work of the machine: a case has a second try, as in our own suites.
    retry: 1,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
