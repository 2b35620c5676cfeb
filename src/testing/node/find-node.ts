// Finds a Node.js that runs TypeScript directly: the machine's own, or else the one that the tests install.
import { spawnSync } from "node:child_process";
import { onCi } from "../runners/on-ci.ts";
import { findPythonProgram } from "../runners/python-packages.ts";

/** The first version that strips types without an option and supports `using`. */
const versionMin = 24;

export const missingNode = `Node.js ${versionMin} or newer`;

/** Returns the path of the program. If there is none, returns undefined, or throws on CI. */
export function findNode(): string | undefined {
  const found = ["node", findPythonProgram("src/testing/node", "node")].find(
    (program) => program !== undefined && versionOf(program) >= versionMin,
  );
  if (found === undefined && onCi) throw new Error(`CI has to have ${missingNode}: run --install-tools.`);
  return found;
}

/** Returns the major version; 0 where the program doesn't run. */
function versionOf(program: string): number {
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return Number(/^v(\d+)\./.exec(stdout ?? "")?.[1] ?? 0);
}
