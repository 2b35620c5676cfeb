// Configures Vitest, which runs only the stream conformance suite. Bun runs all other tests.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/suite.vitest.ts"],
    root: import.meta.dirname,
    // The suite measures waits of milliseconds, and other programs can delay it. So a failed case is tried a second
    // time. Rondo's own suites with real servers and browsers do the same.
    retry: 1,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
