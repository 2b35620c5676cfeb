// Computes a short name for a version of the schema. The name of the template database or branch contains this name.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";

/** The file names identify the schema, because a released migration never changes. */
export async function schemaVersion(migrations: string): Promise<string> {
  const names = (await readdir(migrations)).filter((file) => file.endsWith(".ts")).sort();
  return createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 16);
}
