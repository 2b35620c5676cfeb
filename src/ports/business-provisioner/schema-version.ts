// Computes a short name for a version of the schema, by which its template is found.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";

/** A released migration never changes, so the file names identify the schema. */
export async function schemaVersion(migrations: string): Promise<string> {
  const names = (await readdir(migrations)).filter((file) => file.endsWith(".ts")).sort();
  return createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 16);
}
