// Creates temporary folders, and translates the error of a full disk.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { isDiskFull } from "./disk-full.ts";

/** Creates an empty folder, which the caller has to remove. Throws STORAGE_FULL on a full disk. */
export const createTemporaryFolder = (prefix: string): Promise<string> =>
  mkdtemp(join(tmpdir(), prefix)).catch((err: unknown) => {
    throw temporaryErrorOf(err);
  });

/** Returns STORAGE_FULL for the error of a full disk, and other errors unchanged. */
export function temporaryErrorOf(err: unknown): unknown {
  if (!isDiskFull(err)) return err;
  return new AppError("STORAGE_FULL", "There is no disk space for a temporary file.", {
    hint: `Free some space in ${tmpdir()}, or set TMPDIR to another folder.`,
    cause: err,
  });
}
