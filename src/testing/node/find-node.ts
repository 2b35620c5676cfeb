// Finds a Node.js that runs TypeScript directly: the machine's own, or otherwise the Node.js that
// `--install-tools` of the tests installs.
import { spawnSync } from "node:child_process";
import { onCi } from "../runners/on-ci.ts";
import { findPythonProgram } from "../runners/python-packages.ts";

/** The first version that strips types without an option and supports `using`. */
const versionMin = 24;

export const missingNode = `Node.js ${versionMin} or newer`;

/**
 * Returns the name or path of the program. If no Node.js is new enough, throws on CI, and returns
 * undefined elsewhere.
 */
export function findNode(): string | undefined {
  const found = ["node", findPythonProgram("src/testing/node", "node")].find(
    (program) => program !== undefined && versionOf(program) >= versionMin,
  );
  if (found === undefined && onCi) throw new Error(`CI has to have ${missingNode}: run --install-tools.`);
  return found;
}

/** Returns the major version, or 0 if the program can't be run. */
function versionOf(program: string): number {
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return Number(/^v(\d+)\./.exec(stdout ?? "")?.[1] ?? 0);
}
