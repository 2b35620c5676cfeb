// One short name for a state of the schema: what a template is found by.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";

/** A migration never changes once released, so the names tell all. */
export async function schemaVersion(migrations: string): Promise<string> {
  const names = (await readdir(migrations)).filter((file) => file.endsWith(".ts")).sort();
  return createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 16);
}
