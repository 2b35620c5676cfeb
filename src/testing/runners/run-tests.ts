// bun run test: runs all suites one after the other, and prints a summary. Tests whose tools are missing are skipped with the reason; --install-tools installs the tools first.
import { join } from "node:path";
import { ensureTools } from "./ensure-tools.ts";
import { hasMongo } from "../servers/mongodb-server.ts";
import { onCi } from "./on-ci.ts";
import { installPythonPackages, missingForPython } from "./python-generator.ts";
import { installTestPackages } from "./python-packages.ts";

interface Suite {
  readonly name: string;
  /** Returns the missing tools of a suite. If there are any, the suite is skipped, or fails on CI. */
  readonly missing?: () => readonly string[] | Promise<readonly string[]>;
  readonly command: readonly string[];
  readonly directory: string;
}

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The names of failed tests, repeated at the end of a long output. */
  readonly failures: readonly string[];
}

const missingPrograms = (...programs: readonly string[]) =>
  programs.filter((program) => Bun.which(program) === null);

const root = join(import.meta.dirname, "../../..");
const bun = process.execPath;

const suites: readonly Suite[] = [
  {
    name: "server",
    command: [
      // Other work on the machine may disturb measurements of memory or time, so these tests have a second attempt.
      ...[bun, "test", "--parallel=2", "--timeout=20000", "--retry=1"],
      // The conformance suite runs separately below, because its load would disturb these measurements.
      "--path-ignore-patterns=**/store-faults.server.test.ts",
      ...["./src", "./jobs"],
    ],
    directory: root,
  },
  {
    name: "Durable Streams conformance",
    command: [bun, "run", "test:conformance"],
    directory: root,
  },
  ...["nginx", "node-agent"].map((proxy) => ({
    name: `Durable Streams conformance, through ${proxy}`,
    missing: () => missingPrograms(proxy === "nginx" ? "nginx" : "node"),
    command: [bun, "run", "test:conformance", "--through", proxy],
    directory: root,
  })),
  {
    name: "Durable Streams conformance, on MongoDB and Redis",
    missing: () => [...missingPrograms("redis-server"), ...(hasMongo ? [] : ["MongoDB or its stand-in"])],
    command: [bun, "run", "test:conformance", "--full"],
    directory: root,
  },
  {
    name: "page, in parts",
    command: [bun, "test", "--timeout=20000", "./src"],
    directory: join(root, "web"),
  },
  {
    name: "page, in Chromium",
    missing: () => missingPrograms("chromium", "ffmpeg"),
    // Two browsers on two cores are sometimes too slow, so a test has a second attempt.
    command: [bun, "test", "--parallel=2", "--timeout=60000", "--retry=1", "./web/test/browser"],
    directory: root,
  },
  {
    name: "Python generator",
    missing: missingForPython,
    command: [bun, "run", "test:python"],
    directory: root,
  },
  {
    name: "unreachable stores",
    // Imported after the installation of the programs: on CI it throws if one is missing.
    missing: async () => (await import("../whole/processes/fleet-stores.ts")).missingForFleet(),
    command: [bun, "run", "test:faults"],
    directory: root,
  },
];

const count = (output: string, word: string) =>
  [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}\\s*$`, "gm"))].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );

async function runSuite({ name, command, directory }: Suite): Promise<Outcome> {
  console.log(`\n— ${name} —`);
  const child = Bun.spawn([...command], { cwd: directory, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, code] = await Promise.all([
    echo(child.stdout, process.stdout),
    echo(child.stderr, process.stderr),
    child.exited,
  ]);
  const output = stdout + stderr;
  const outcome = {
    passed: count(output, "pass"),
    failed: count(output, "fail"),
    skipped: count(output, "skip"),
    failures: failuresOf(output).map((failure) => `${name}: ${failure}`),
  };
  // A suite that ends with an error status or runs no test has failed, whatever its counts are.
  const broken = outcome.failed === 0 && (code !== 0 || outcome.passed === 0);
  if (!broken) return outcome;
  const failure = `${name}: ended with code ${code} after ${outcome.passed} passed tests`;
  return { ...outcome, failed: 1, failures: [...outcome.failures, failure] };
}

/** Returns the names of failed tests. Bun prints "(fail) name [1.2ms]", and an error outside of a test on its own line. */
const failuresOf = (output: string): readonly string[] => [
  ...new Set(
    [...output.matchAll(/^(?:\(fail\) (.*?)(?: \[[\d.]+m?s\])?|(Unhandled error between tests.*))$/gm)].map(
      ([, test, error]) => test ?? error ?? "",
    ),
  ),
];

async function echo(from: ReadableStream<Uint8Array>, to: NodeJS.WriteStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of from) {
    to.write(part);
    text += decoder.decode(part, { stream: true });
  }
  return text;
}

if (import.meta.main) {
  const install = process.argv.includes("--install-tools");
  await ensureTools({ install });
  if (install) await installTestPackages();
  if (install) await installPythonPackages();
  const outcomes: Outcome[] = [];
  for (const suite of suites) {
    const missing = (await suite.missing?.()) ?? [];
    if (missing.length === 0) {
      outcomes.push(await runSuite(suite));
      continue;
    }
    console.log(`\n— ${suite.name}: skipped, because this machine has no ${missing.join(" and no ")} —`);
    if (onCi) {
      const failure = `${suite.name}: CI has no ${missing.join(" and no ")}`;
      outcomes.push({ passed: 0, failed: 1, skipped: 0, failures: [failure] });
    }
  }
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
