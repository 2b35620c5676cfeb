// Creates the file content of a new business's database, which has the schema and no rows.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { openSqlite } from "../../database/sqlite/database.ts";
import { createTemporaryFolder } from "../../temporary-folder.ts";

const contents = new Map<string, Promise<Uint8Array>>();

/**
 * Returns the bytes of a new database for a folder of migrations. A process creates these bytes only once, because a
 * migration takes ten times as long as writing the file.
 */
export function goldenOf(migrations: string): Promise<Uint8Array> {
  const known = contents.get(migrations);
  if (known !== undefined) return known;
  const making = makeGolden(migrations);
  contents.set(migrations, making);
  making.catch(() => contents.delete(migrations));
  return making;
}

async function makeGolden(migrations: string): Promise<Uint8Array> {
  const folder = await createTemporaryFolder("rondo-golden-");
  const file = join(folder, "golden.db");
  try {
    const database = await openSqlite({ file, migrations });
    try {
      await database.migrate();
    } finally {
      await database.close();
    }
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
