// Reports whether files can be created in a folder and how much disk space is free, so that a setting can be checked
// before it is used.
import { access, constants, open, rm, stat, statfs } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";

export interface FolderReport {
  /** Whether the folder exists. If not, Rondo will create the folder below `place`. */
  readonly exists: boolean;
  /** The folder itself, or its nearest existing parent. */
  readonly place: string;
  /**
   * The code of the system's error, such as EACCES, if no file can be created in `place`; otherwise
   * undefined.
   */
  readonly refusal: string | undefined;
  /** The free space, in bytes, on the file system of `place`. */
  readonly freeBytes: number;
}

/**
 * Checks a folder by creating an empty file in `place` and removing it. Does not create the folder.
 */
export async function inspectFolder(folder: string): Promise<FolderReport> {
  const place = await nearestFolder(folder);
  const { bavail, bsize } = await statfs(place);
  return { exists: place === folder, place, refusal: await refusalAt(place), freeBytes: bavail * bsize };
}

async function nearestFolder(folder: string): Promise<string> {
  for (let place = folder; ; place = dirname(place)) {
    const found = await stat(place).catch(() => undefined);
    if (found || place === dirname(place)) return place;
  }
}

async function refusalAt(place: string): Promise<string | undefined> {
  const probe = join(place, `.rondo-doctor-${randomUUID()}`);
  try {
    await access(place, constants.W_OK | constants.X_OK);
    await (await open(probe, "wx", 0o600)).close();
    await rm(probe);
    return undefined;
  } catch (err) {
    return err instanceof Error && "code" in err ? String(err.code) : String(err);
  }
}
