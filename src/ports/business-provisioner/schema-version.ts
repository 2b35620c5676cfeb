// Computes a short name for the schema that business databases have after all migrations. The databases of new
// businesses are copied from a template, and this name is part of the template's name. On Postgres, the template is a
// database. On Neon, the template is a branch.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";

/** The file names identify the schema, because a released migration never changes. */
export async function schemaVersion(migrations: string): Promise<string> {
  const names = (await readdir(migrations)).filter((file) => file.endsWith(".ts")).sort();
  return createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 16);
}
