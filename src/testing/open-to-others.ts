// Searches a folder at any depth for files and folders that are not private: not only their owner is allowed to read,
// write or run them, but also the group or everyone. The searched folder itself is checked, too.

import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Returns one line for each file or folder that is not private, with the path and the permissions, for example
 * "data/rondo.db 644". A file that is deleted during the search is left out. On Linux, every symbolic link is listed,
 * because the link itself always has the permissions 777.
 */
export async function openToOthers(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  const found = await Promise.all(
    [folder, ...names.map((name) => join(folder, name))].map(async (path) => {
      const { mode } = await lstat(path).catch(() => ({ mode: 0 }));
      return (mode & 0o077) === 0 ? [] : [`${path} ${(mode & 0o777).toString(8)}`];
    }),
  );
  return found.flat();
}
