// Installs Python packages for tests. Each folder that contains a test-requirements.txt gets its own virtual
// environment in the user's cache folder. When the long tests run, each folder that contains a
// long-test-requirements.txt also gets an environment.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { runsLongTests } from "../long-tests.ts";

const root = join(import.meta.dirname, "../../..");

const fileNames = ["test-requirements.txt", "long-test-requirements.txt"] as const;
/** The file that lists the packages to install without their dependencies. */
const withoutDependencies = "long-test-requirements-without-dependencies.txt";

/** Returns the folders in the repository that list packages for the tests of this run. */
const foldersWithPackages = (): readonly string[] =>
  [
    ...new Set(
      (runsLongTests ? fileNames : fileNames.slice(0, 1))
        .flatMap((name) => [...new Bun.Glob(`src/**/${name}`).scanSync(root)])
        .map((file) => dirname(file)),
    ),
  ].sort();

/**
 * Returns the requirements files of a folder. If a folder has both files, the packages of both are installed in
 * one environment, also in a run without the long tests.
 */
const requirementsIn = (folder: string): readonly string[] =>
  fileNames.map((name) => join(root, folder, name)).filter((path) => existsSync(path));

/**
 * Returns the folder of the virtual environment for these requirements. All clones of the repository on this machine
 * share the folder, because an installation takes minutes. If the requirements change, another folder is returned.
 */
export function environmentFor(name: string, requirements: string): string {
  const cache = Bun.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const hash = new Bun.CryptoHasher("sha256").update(requirements).digest("hex").slice(0, 16);
  return join(cache, "rondo-tests/python", `${name}-${hash}`);
}

const environmentOf = (folder: string): string =>
  environmentFor(
    folder.replaceAll("/", "-"),
    [...requirementsIn(folder), join(root, folder, withoutDependencies)]
      .map((path) => (existsSync(path) ? readFileSync(path, "utf8") : ""))
      .join(""),
  );

/** Returns the path of a program in a folder's environment; undefined if the program is not installed. */
export function findPythonProgram(folder: string, program: string): string | undefined {
  const path = join(environmentOf(folder), "bin", program);
  return existsSync(path) ? path : undefined;
}

/**
 * Installs the packages of each folder, except those that an earlier call has installed completely. Throws if a command
 * fails. The next call then installs the packages of the failed folder again.
 */
export async function installTestPackages(): Promise<void> {
  await Promise.all(foldersWithPackages().map(installPackagesOf));
}

async function installPackagesOf(folder: string): Promise<void> {
  const environment = environmentOf(folder);
  if (existsSync(join(environment, "done"))) return;
  await run(["python3", "-m", "venv", environment]);
  const pip = join(environment, "bin/pip");
  await run([pip, "install", "-q", ...requirementsIn(folder).flatMap((path) => ["-r", path])]);
  const others = join(root, folder, withoutDependencies);
  if (existsSync(others)) await run([pip, "install", "-q", "--no-deps", "-r", others]);
  await Bun.write(join(environment, "done"), "");
}

async function run(command: readonly string[]): Promise<void> {
  const child = Bun.spawn([...command], { stdout: "inherit", stderr: "inherit" });
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed`);
}
