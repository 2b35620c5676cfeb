// Implements `bun run test`. The suites of the server run first. Then the other suites run in two lanes at the same
// time. A lane is a list of suites that run one after another. At the end, a summary is printed.
// Suites and tests whose tools are missing are skipped, and the output says why. On CI, a suite whose tools are missing
// counts as failed.
// With --install-tools, the tools are installed first.
import { ensureTools } from "./ensure-tools.ts";
import { onCi } from "./on-ci.ts";
import { installPythonPackages } from "./python-generator.ts";
import { installTestPackages } from "./python-packages.ts";
import { lanes, type Suite, serverSuites } from "./suites.ts";

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The names of failed tests, which are repeated at the end of the output. */
  readonly failures: readonly string[];
}

const count = (output: string, word: string) =>
  [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\s*$`, "gm"))].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );

type Show = (text: string | Uint8Array) => void;

async function runSuite(suite: Suite, show: Show): Promise<Outcome> {
  const { name, command, directory } = suite;
  const missing = (await suite.missing?.()) ?? [];
  if (missing.length > 0) {
    show(`\n— ${name}: skipped, because this machine has no ${missing.join(" and no ")} —\n`);
    const failure = `${name}: CI has no ${missing.join(" and no ")}`;
    return { passed: 0, failed: onCi ? 1 : 0, skipped: 0, failures: onCi ? [failure] : [] };
  }
  const begunAt = performance.now();
  show(`\n— ${name} —\n`);
  const child = Bun.spawn([...command], { cwd: directory, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, code] = await Promise.all([
    echo(child.stdout, show),
    echo(child.stderr, show),
    child.exited,
  ]);
  show(`— ${name}: ${Math.round((performance.now() - begunAt) / 1000)} s —\n`);
  const output = stdout + stderr;
  const outcome = {
    passed: count(output, "pass"),
    failed: count(output, "fail"),
    skipped: count(output, "skip"),
    failures: failuresOf(output).map((failure) => `${name}: ${failure}`),
  };
  // Even if a suite counts no failure, it has failed if it exits with an error status or if none of its tests passed.
  const broken = outcome.failed === 0 && (code !== 0 || outcome.passed === 0);
  if (!broken) return outcome;
  const failure = `${name}: ended with code ${code} after ${outcome.passed} passed tests`;
  return { ...outcome, failed: 1, failures: [...outcome.failures, failure] };
}

/**
 * Returns the names of failed tests. Bun prints "(fail) name [1.2ms]" for a test, and a separate
 * line for an error outside of a test.
 */
const failuresOf = (output: string): readonly string[] => [
  ...new Set(
    [...output.matchAll(/^(?:\(fail\) (.*?)(?: \[[\d.]+m?s\])?|(Unhandled error between tests.*))$/gm)].map(
      ([, test, error]) => test ?? error ?? "",
    ),
  ),
];

async function echo(from: ReadableStream<Uint8Array>, show: Show): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of from) {
    show(part);
    text += decoder.decode(part, { stream: true });
  }
  return text;
}

const showNow: Show = (text) => void process.stdout.write(text);

/**
 * Runs suites one after the other. The output of a suite is printed when the suite has ended, so
 * that the outputs of the lanes are not mixed.
 */
async function runLane(suites: readonly Suite[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const suite of suites) {
    const parts: (string | Uint8Array)[] = [];
    outcomes.push(await runSuite(suite, (text) => void parts.push(text)));
    for (const part of parts) showNow(part);
  }
  return outcomes;
}

if (import.meta.main) {
  const install = process.argv.includes("--install-tools");
  await ensureTools({ install });
  if (install) await Promise.all([installTestPackages(), installPythonPackages()]);
  const outcomes: Outcome[] = [];
  for (const suite of serverSuites) outcomes.push(await runSuite(suite, showNow));
  outcomes.push(...(await Promise.all(lanes.map(runLane))).flat());
  const sum = (key: "passed" | "failed" | "skipped") =>
    outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const skipped = sum("skipped");
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  if (failures.length > 0) console.log(`\nFailed:\n${failures.map((name) => `  ${name}`).join("\n")}`);
  console.log(
    `\n${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
  );
  process.exit(sum("failed") > 0 ? 1 : 0);
}
