// Reads settings with secrets from files, which orchestrators mount. For a setting with the environment variable NAME,
// the operator sets the variable NAME_FILE to the path of the file, and does not set NAME.
import { readFileSync } from "node:fs";
import type { Fault } from "../errors.ts";
import { settings, settingsIn } from "./settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns a copy of the environment. If NAME_FILE is set, NAME has the content of that file in the copy, without white
 * space at both ends. Adds a fault to `faults` in three cases: the file can't be read, the file is empty, or NAME is
 * set, too. An empty NAME or NAME_FILE counts as not set.
 */
export function readSecretFiles(environment: Environment, faults: Fault[]): Environment {
  const read: Record<string, string | undefined> = { ...environment };
  const fixed = settingsIn(settings).flatMap(({ variable, isSecret }) => (isSecret ? [variable] : []));
  // The operator chooses the last part of variables such as RONDO_GENERATOR_KEY_FAST. So `settings` doesn't list these
  // variables, and they are found by their prefix.
  const keys = Object.keys(environment).flatMap(
    (name) => /^(RONDO_GENERATOR_KEY_\w+)_FILE$/.exec(name)?.[1] ?? [],
  );
  for (const name of [...fixed, ...keys]) {
    const file = environment[`${name}_FILE`]?.trim();
    if (!file) continue;
    const refuse = (message: string, hint: string) => faults.push({ at: `${name}_FILE`, message, hint });
    if (environment[name]?.trim()) refuse(`${name} is set, too.`, "Set only one of the two.");
    else {
      const text = contentOf(file);
      if (text === undefined)
        refuse(`The file ${file} can't be read.`, "Name a file that this user may read.");
      else if (text === "")
        refuse(`The file ${file} is empty.`, `It has to contain the value of ${name} and nothing else.`);
      else read[name] = text;
    }
  }
  return read;
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
