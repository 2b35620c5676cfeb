// Mounts a disk on which no file and no folder can be created.
import { createTemporaryDirectory } from "../temporary-directory.ts";

/** Returns undefined if this process can't mount a disk, for example because it does not run as root. */
export async function mountFullDisk(): Promise<(AsyncDisposable & { readonly path: string }) | undefined> {
  const directory = await createTemporaryDirectory();
  const { path } = directory;
  // The root folder takes the only inode of this disk.
  const mount = ["mount", "-t", "tmpfs", "-o", "nr_inodes=1", "tmpfs", path];
  if (Bun.which("mount") === null || !Bun.spawnSync(mount).success) {
    await directory[Symbol.asyncDispose]();
    return undefined;
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      Bun.spawnSync(["umount", "-l", path]);
      await directory[Symbol.asyncDispose]();
    },
  };
}
