// Gives each process a separate folder for rendered files. If a rendered file is lost, it can be made again.
// A folder that was not used for ten minutes is removed, because its process has probably ended.
import { chmod, mkdir, readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

export interface RenderedFolder {
  readonly path: string;
  /**
   * Call `keep` every minute. The call marks this folder as used, so that other processes don't
   * remove the folder. If this folder was removed, the call creates it again, empty. The call also removes
   * abandoned folders of other processes.
   */
  keep(): Promise<void>;
  /** Removes this folder with its files. */
  remove(): Promise<void>;
}

/** A folder that was not marked as used for this many milliseconds is removed. */
const abandonedMs = 600_000;

/**
 * `root` must contain nothing else, because every file or folder in it that is older than
 * `abandonedMs` is removed.
 */
export async function openRenderedFolder(root: string): Promise<RenderedFolder> {
  const name = crypto.randomUUID();
  const path = join(root, name);
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(root, 0o700);

  const removeAbandoned = async (): Promise<void> => {
    const before = Date.now() - abandonedMs;
    for (const other of await readdir(root)) {
      if (other === name) continue;
      const usedAtMs = await stat(join(root, other)).then(
        (facts) => facts.mtimeMs,
        () => Number.POSITIVE_INFINITY,
      );
      if (usedAtMs < before) await rm(join(root, other), { recursive: true, force: true });
    }
  };
  await removeAbandoned();

  return {
    path,
    async keep() {
      await mkdir(path, { recursive: true, mode: 0o700 });
      const now = new Date();
      await utimes(path, now, now);
      await removeAbandoned();
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
