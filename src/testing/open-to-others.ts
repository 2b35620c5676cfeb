// Searches a folder at any depth for files and folders that other users of the machine, including those of the file's
// group, are allowed to read, write or run. The searched folder itself is checked, too.

import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Returns one line for each file or folder that is open to other users, with the path and the permissions, for example
 * "data/rondo.db 644". A file whose permissions can't be read, for example a file that is deleted during the search, is
 * left out. A symbolic link is always listed on Linux, because its own permissions are 777 there.
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
