// Checks before a start whether a newer version of Rondo has written business files or chunk files,
// so that a downgrade fails before any request is served.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { migrationsOf } from "../deps/migrations-of.ts";
import { isOnDisk, type StoreUrl } from "../ports/store-url.ts";
import { storeNewer } from "../errors.ts";
import { chunkSchemaVersion } from "../ports/chunk-store/sqlite/schema.ts";
import { migrationNames, refuseNewer } from "../ports/database/migration-files.ts";
import { inspectSqlite, type SqliteReport } from "../ports/drivers/sqlite-inspect.ts";
import { openStore } from "../process/start-errors.ts";

const migrations = migrationsOf("business");
/**
 * The maximum number of files that are checked in each folder. Only the most recently changed files are checked, so
 * that the start stays quick. This is enough: a newer version of Rondo migrates each file that it opens, which changes
 * the file. So files of a newer version are among the most recently changed files.
 */
const filesMax = 100;

/**
 * If a newer version has written one of the checked files, throws CONFIG_INVALID with the names of the setting and of
 * the file. A damaged file is skipped, because the damage affects only one business. Databases on a server are not
 * checked here, but when they are opened.
 */
export async function refuseNewerFiles({ businessUrl, chunksUrl }: Config): Promise<void> {
  const names = await migrationNames(migrations);
  await checkFiles("RONDO_BUSINESS_URL", businessUrl, (report) => refuseNewer(report.migrations, names));
  await checkFiles("RONDO_CHUNKS_URL", chunksUrl, ({ userVersion }) => {
    if (userVersion > chunkSchemaVersion) throw storeNewer("This chunk file", userVersion);
  });
}

async function checkFiles(
  setting: string,
  url: StoreUrl,
  check: (report: SqliteReport) => void,
): Promise<void> {
  if (!isOnDisk(url)) return;
  for (const file of lastChanged(url.location)) {
    await openStore(setting, { ...url, location: file }, () =>
      check(inspectSqlite(file, { isWhole: false })),
    );
  }
}

function lastChanged(folder: string): readonly string[] {
  const files = entriesOf(folder).filter((name) => name.endsWith(".db"));
  const dated = files.flatMap((name) => {
    const file = join(folder, name);
    const facts = statSync(file, { throwIfNoEntry: false });
    return facts === undefined ? [] : [{ file, changedAtMs: facts.mtimeMs }];
  });
  dated.sort((one, other) => other.changedAtMs - one.changedAtMs);
  return dated.slice(0, filesMax).map(({ file }) => file);
}

/** If the folder can't be read, returns an empty list: a missing folder is no fault, because it is created later. */
function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
