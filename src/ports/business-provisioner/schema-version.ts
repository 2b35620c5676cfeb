// Computes a short name for a version of the schema of business databases. This name is part of the name of the
// template from which the databases of new businesses are copied. On Postgres, the template is a database. On Neon, the
// template is a branch.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";

/** The file names identify the schema, because a released migration never changes. */
export async function schemaVersion(migrations: string): Promise<string> {
  const names = (await readdir(migrations)).filter((file) => file.endsWith(".ts")).sort();
  return createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 16);
}
