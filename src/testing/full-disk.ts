// Mounts a disk on which no file and no folder can be created.
import { createTemporaryDirectory } from "./temporary-directory.ts";

/** Returns undefined if this process may not mount a disk, because only root may. */
export async function mountFullDisk(): Promise<(AsyncDisposable & { readonly path: string }) | undefined> {
  const directory = await createTemporaryDirectory();
  const { path } = directory;
  // The only file that this disk can hold is its root folder.
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
