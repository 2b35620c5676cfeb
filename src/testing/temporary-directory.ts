// Creates a temporary folder for one test. Use `await using`, so that the folder is deleted at the end of the test.
import { statfsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

export async function createTemporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(root, "rondo-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const inMemory = "/dev/shm";
const freeBytesMin = 4 * 1024 ** 3;

/**
 * The folder that contains the temporary folders. It is in memory, because stores flush each write, and a flush takes
 * no time in memory. If /dev/shm is missing or has less than 4 GiB of free space, as in many containers, the usual
 * folder for temporary files is used.
 */
const root = hasRoom(inMemory) ? inMemory : tmpdir();

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= freeBytesMin;
  } catch {
    return false;
  }
}
