// Implements `bun run test:python`, which runs the checks and tests of the Python generator in a virtual environment,
// with MongoDB or its stand-in. With --checks-only, only the formatter's check and the linter run, and only if their
// packages are already installed.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasMongo, startMongoServer } from "../servers/mongodb-server.ts";
import { environmentFor } from "./python-packages.ts";

const root = join(import.meta.dirname, "../../..");
const folder = join(root, "generator-python");
const requirementsFiles = ["requirements.txt", "requirements-musicgen.txt", "requirements-dev.txt"];
const environment = environmentFor(
  "generator-python",
  requirementsFiles.map((name) => readFileSync(join(folder, name), "utf8")).join("\n"),
);
export const pythonProgram = (program: string) => join(environment, "bin", program);

/** This file is created after all packages were installed. */
const doneFile = join(environment, "done");
const hasPackages = () => existsSync(doneFile);

/** Returns the names of the missing tools. */
export const missingForPython = (): readonly string[] => [
  ...(hasPackages() ? [] : ["the packages of generator-python/requirements-dev.txt"]),
  ...(hasMongo ? [] : ["MongoDB or its stand-in"]),
];

/**
 * Creates the virtual environment if it is missing or incomplete. The environment needs 1.3 GB and
 * about a minute, mostly for PyTorch. If pip fails, this function does not throw, and the next call
 * installs the packages again.
 */
export async function installPythonPackages(): Promise<void> {
  if (hasPackages()) return;
  await run(["python3", "-m", "venv", environment], root);
  const code = await run([pythonProgram("pip"), "install", "-q", "-r", "requirements-dev.txt"], folder);
  if (code === 0) writeFileSync(doneFile, "");
}

async function run(command: readonly string[], cwd: string, env = {}): Promise<number> {
  const child = Bun.spawn([...command], {
    cwd,
    env: { ...Bun.env, ...env },
    stdout: "inherit",
    stderr: "inherit",
  });
  return child.exited;
}

/**
 * Converts pytest's last line, such as "3 failed, 40 passed, 4 skipped in 18.52s", to the lines
 * from which the test runner reads the counts.
 */
export const countsOf = (summary: string): string =>
  [
    ["passed", "pass"],
    ["skipped", "skip"],
    ["(?:failed|errors?)", "fail"],
  ]
    .map(([word, name]) => {
      const found = [...summary.matchAll(new RegExp(`(\\d+) ${word}`, "g"))];
      return `${found.reduce((sum, match) => sum + Number(match[1]), 0)} ${name}`;
    })
    .join("\n");

/** Runs the formatter's check and the linter, and returns whether both found nothing. */
async function isClean(): Promise<boolean> {
  const format = await run([pythonProgram("ruff"), "format", "--check", "."], folder);
  return (await run([pythonProgram("ruff"), "check", "."], folder)) === 0 && format === 0;
}

async function runTests(): Promise<boolean> {
  await installPythonPackages();
  await using mongo = await startMongoServer();
  let isGood = await isClean();
  isGood = (await run([pythonProgram("mypy")], folder)) === 0 && isGood;
  const tests = Bun.spawn([pythonProgram("pytest"), "-q", "-p", "no:cacheprovider"], {
    cwd: folder,
    env: { ...Bun.env, MONGODB_URL: mongo.url },
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = await new Response(tests.stdout).text();
  console.log(output);
  console.log(countsOf(output.trim().split("\n").at(-1) ?? ""));
  return (await tests.exited) === 0 && isGood;
}

/**
 * Runs the checks. If the packages are not installed, returns true without a check, because `bun run check` installs
 * nothing.
 */
async function runChecks(): Promise<boolean> {
  if (hasPackages()) return isClean();
  console.log(
    "The Python generator is not checked, because `bun run test:python` has not installed its packages yet.",
  );
  return true;
}

if (import.meta.main) {
  const isGood = await (process.argv.includes("--checks-only") ? runChecks() : runTests());
  process.exitCode = isGood ? 0 : 1;
}
