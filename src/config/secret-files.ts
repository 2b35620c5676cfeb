// Reads settings with secrets from files, as orchestrators mount them: NAME_FILE instead of NAME.
import { readFileSync } from "node:fs";
import type { Fault } from "../errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings with secrets; URLs contain passwords, too. */
const names = [
  "RONDO_MASTER_KEY",
  "RONDO_OPERATOR_KEY",
  "RONDO_CONTROL_URL",
  "RONDO_BUSINESS_URL",
  "RONDO_CHUNKS_URL",
  "RONDO_CACHE_URL",
  "RONDO_QUEUE_URL",
  "RONDO_OBJECTS_URL",
  "RONDO_NEON_API_KEY",
  "RONDO_LLM_KEY",
] as const;

/** The environment with the contents of the files. An unusable file is a fault. */
export function readSecretFiles(environment: Environment, faults: Fault[]): Environment {
  const read: Record<string, string | undefined> = { ...environment };
  for (const name of names) {
    const file = environment[`${name}_FILE`]?.trim();
    if (!file) continue;
    const refuse = (message: string, hint: string) => faults.push({ at: `${name}_FILE`, message, hint });
    if (environment[name]?.trim()) refuse(`${name} is set as well.`, "Set one of the two.");
    else {
      const text = contentOf(file);
      if (text === undefined) refuse(`${file} can't be read.`, "Name a file that this user may read.");
      else if (text === "") refuse(`${file} is empty.`, `It holds the value of ${name} and nothing else.`);
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
