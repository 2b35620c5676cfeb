// Converts the report about a folder or a SQLite file to findings of `rondo doctor`.
import type { FolderReport } from "./file-inspect.ts";
import type { SqliteReport } from "./sqlite-inspect.ts";
import { type Found, good, warning, wrong } from "../found.ts";

const freeBytesMin = 256 * 1024 * 1024;
const freeBytesLow = 2 * 1024 * 1024 * 1024;

export function folderFindings(folder: string, report: FolderReport): readonly Found[] {
  const { exists, place, refusal, freeBytes } = report;
  if (refusal !== undefined) {
    return [
      wrong(
        `${place} is not writable (${refusal}).`,
        `Give Rondo's user write permission: chown or chmod ${place}`,
      ),
    ];
  }
  const free = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
  if (freeBytes < freeBytesMin) {
    return [wrong(`The disk of ${place} is almost full (${free}).`, "Free some space, or move the data.")];
  }
  if (freeBytes < freeBytesLow) {
    return [
      warning(
        `The disk of ${place} has little free space (${free}).`,
        "Free some space: a minute of music is stored twice, and each copy takes about 1 MB.",
      ),
    ];
  }
  return [good(exists ? `${folder} is writable (${free}).` : `${folder} will be created (${free}).`)];
}

export const sqliteFindings = (file: string, { version, exists, refusal }: SqliteReport): readonly Found[] =>
  refusal === undefined
    ? [good(exists ? `${file} can be read (SQLite ${version}).` : `${file} will be created.`)]
    : [wrong(`${file} can't be read as a database: ${refusal}.`, "Restore it from a backup.")];
