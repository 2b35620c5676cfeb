// Installs Python packages for tests: each folder with a test-requirements.txt gets its own virtual environment below node_modules/.cache.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** Returns the folders below the root with a test-requirements.txt. */
const foldersWithPackages = (): readonly string[] =>
  [...new Bun.Glob("src/**/test-requirements.txt").scanSync(root)].map((file) => dirname(file)).sort();

const environmentOf = (folder: string): string =>
  join(root, "node_modules/.cache/python", folder.replaceAll("/", "-"));

/** Returns a program of a folder's environment; undefined if the packages are not installed. */
export function findPythonProgram(folder: string, program: string): string | undefined {
  const path = join(environmentOf(folder), "bin", program);
  return existsSync(path) ? path : undefined;
}

/** Installs the packages of every folder that has none yet. */
export async function installTestPackages(): Promise<void> {
  for (const folder of foldersWithPackages()) {
    const environment = environmentOf(folder);
    if (existsSync(join(environment, "done"))) continue;
    await run(["python3", "-m", "venv", environment]);
    const requirements = join(root, folder, "test-requirements.txt");
    await run([join(environment, "bin/pip"), "install", "-q", "-r", requirements]);
    await Bun.write(join(environment, "done"), "");
  }
}

async function run(command: readonly string[]): Promise<void> {
  const child = Bun.spawn([...command], { stdout: "inherit", stderr: "inherit" });
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed`);
}
