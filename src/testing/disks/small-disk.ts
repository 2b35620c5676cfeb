// Mounts a small disk in memory, for tests that fill a disk. Only root can mount it.
import { createTemporaryDirectory } from "../temporary-directory.ts";

/** If `isMounted` is false, nothing was mounted, and the test has to be skipped. */
export async function mountSmallDisk(megabytes: number) {
  const directory = await createTemporaryDirectory();
  const mount = ["mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", directory.path];
  const isMounted = Bun.which("mount") !== null && Bun.spawnSync(mount).success;
  return {
    path: directory.path,
    isMounted,
    async [Symbol.asyncDispose]() {
      if (isMounted) Bun.spawnSync(["umount", "-l", directory.path]);
      await directory[Symbol.asyncDispose]();
    },
  };
}
