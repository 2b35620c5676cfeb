// bun run test:conformance: the public suite of the Durable Streams protocol against our routes over the SQLite store, on a port of its own.
import { join } from "node:path";
import { createStreamServer } from "../stream-server.ts";
import { createTemporaryDirectory } from "../temporary-directory.ts";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

const root = join(import.meta.dirname, "../../..");

/** Waits that end without news are shorter here, or the suite would take minutes; the rest is as in production. */
const limits = { longPollMs: 1_500 };

async function runSuite(): Promise<Report & { readonly code: number }> {
  await using server = await createStreamServer({ limits });
  await using directory = await createTemporaryDirectory();
  const report = join(directory.path, "report.json");
  const vitest = Bun.spawn(
    [
      join(root, "node_modules/.bin/vitest"),
      "run",
      `--config=${join(import.meta.dirname, "vitest.config.ts")}`,
      "--reporter=dot",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ],
    {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1", STREAMS_UNDER_TEST: server.url },
      stdout: "inherit",
      stderr: "inherit",
    },
  );
  const code = await vitest.exited;
  return { ...((await Bun.file(report).json()) as Report), code };
}

if (import.meta.main) {
  const { numPassedTests, numFailedTests, numPendingTests, code } = await runSuite();
  // In the form of Bun's own runner, which the closing line of all suites counts.
  console.log(`\n ${numPassedTests} pass\n ${numPendingTests} skip\n ${numFailedTests} fail`);
  process.exit(code);
}
