// Writes a control database that is already migrated, for tests. A test process runs the migrations
// only one time.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Config, readConfig } from "../config/config.ts";
import { openControl } from "../deps/open-control.ts";
import { makeOnce } from "../make-once.ts";
import { isOnDisk } from "../ports/store-url.ts";
import { createTemporaryDirectory } from "./temporary-directory.ts";

/**
 * Writes the file of the control database, with the schema and no data. If the database is not
 * a file, or if the file exists, does nothing.
 */
export async function writeMigratedControl({ controlUrl }: Pick<Config, "controlUrl">): Promise<void> {
  if (!isOnDisk(controlUrl)) return;
  const bytes = await makeMigrated();
  await mkdir(dirname(controlUrl.location), { recursive: true });
  await writeFile(controlUrl.location, bytes, { mode: 0o600, flag: "wx" }).catch((err: unknown) => {
    if ((err as NodeJS.ErrnoException).code !== "EEXIST") throw err;
  });
}

const makeMigrated = makeOnce(async (): Promise<Uint8Array> => {
  await using directory = await createTemporaryDirectory();
  const config = readConfig({ RONDO_DATA: directory.path });
  await (await openControl(config)).close();
  return await readFile(config.controlUrl.location);
});
