// Writes content to one or more files, buffers small chunks, and computes the size and the checksum.
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { crc32c } from "../crc32c.ts";
import { partName } from "./manifest.ts";

/** Await each call before the next call. */
export interface PartWriter {
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Ends the content. When the promise resolves, all parts are on disk. The caller still has to
   * sync the folder.
   */
  end(): Promise<{ readonly bytes: number; readonly crc32c: number; readonly partBytes: readonly number[] }>;
  /**
   * Deletes the written parts. `discard` can also be called after `write` or `end` has failed, and after `end` has
   * succeeded.
   */
  discard(): Promise<void>;
}

const gatheredBytesMax = 256 * 1024;

export function createPartWriter(folder: string, id: string, partBytesMax: number): PartWriter {
  const partBytes: number[] = [];
  const gathered = new Uint8Array(gatheredBytesMax);
  let gatheredBytes = 0;
  let file: FileHandle | undefined;
  let bytes = 0;
  let crc = 0;

  async function flush(): Promise<void> {
    const waiting = gathered.subarray(0, gatheredBytes);
    gatheredBytes = 0;
    for (let at = 0; at < waiting.length;) {
      file ??= await openPart();
      const index = partBytes.length - 1;
      const room = Math.min(waiting.length - at, partBytesMax - partBytes[index]!);
      const { bytesWritten } = await file.write(waiting, at, room);
      at += bytesWritten;
      partBytes[index]! += bytesWritten;
      if (partBytes[index] === partBytesMax) await finishPart();
    }
  }

  async function openPart(): Promise<FileHandle> {
    const path = join(folder, partName(id, partBytes.length));
    partBytes.push(0);
    // Between `mkdir` and `open`, another process can delete the empty folder.
    for (let tries = 1; ; tries++) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        return await open(path, "wx", 0o600);
      } catch (err) {
        const missing = err instanceof Error && "code" in err && err.code === "ENOENT";
        if (!missing || tries === 5) throw err;
      }
    }
  }

  async function finishPart(): Promise<void> {
    const finished = file;
    file = undefined;
    try {
      await finished?.sync();
    } finally {
      await finished?.close();
    }
  }

  return {
    async write(chunk) {
      crc = crc32c(chunk, crc);
      bytes += chunk.length;
      for (let at = 0; at < chunk.length;) {
        const taken = chunk.subarray(at, at + gatheredBytesMax - gatheredBytes);
        gathered.set(taken, gatheredBytes);
        gatheredBytes += taken.length;
        at += taken.length;
        if (gatheredBytes === gatheredBytesMax) await flush();
      }
    },
    async end() {
      await flush();
      if (partBytes.length === 0) file = await openPart(); // an empty object has a file, too
      await finishPart();
      return { bytes, crc32c: crc, partBytes };
    },
    async discard() {
      await file?.close();
      file = undefined;
      for (const index of partBytes.keys()) await rm(join(folder, partName(id, index)), { force: true });
    },
  };
}
