// Examines folders and SQLite files before Rondo relies on them.
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type Found, wrong } from "../found.ts";
import { inspectFolder } from "./file-inspect.ts";
import { folderFindings, sqliteFindings } from "./folder-findings.ts";
import { inspectSqlite, type SqliteReport } from "./sqlite-inspect.ts";

export async function examineFolder(folder: string): Promise<readonly Found[]> {
  const place = await stat(folder).catch(() => undefined);
  if (place && !place.isDirectory()) {
    return [
      wrong(`${folder} is a file, but has to be a folder.`, "Choose another folder, or move the file."),
    ];
  }
  return folderFindings(folder, await inspectFolder(folder));
}

/**
 * Returns the findings about a SQLite file and its folder. If the folder has a fault, the file is not examined. After
 * the examination of the file, `refuse` is called with the report, and has to throw an error if this version of Rondo
 * does not know the file's schema. This function then throws the same error.
 */
export async function examineSqliteFile(
  file: string,
  refuse: (report: SqliteReport) => void,
): Promise<readonly Found[]> {
  const folder = await examineFolder(dirname(file));
  const isMissing = folder.some(({ state }) => state === "wrong");
  if (isMissing) return folder;
  const report = inspectSqlite(file);
  refuse(report);
  return [...folder, ...sqliteFindings(file, report)];
}
