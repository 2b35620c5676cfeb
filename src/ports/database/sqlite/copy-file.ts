// Copies a snapshot of an SQLite file in a separate process, so that readers, writers and this process do not wait.
import { chmod, open, rm } from "node:fs/promises";
import { AppError, isAppError } from "../../../errors.ts";
import { isDiskFull } from "../../disk-full.ts";
import { sqliteErrorOf } from "./connection.ts";
import { inWriter } from "./writer-pool.ts";

interface CopyOptions {
  /** The time limit in milliseconds. The time begins when a writer process is ready. The default is one hour. */
  readonly timeoutMs?: number;
}

/**
 * Copies `file` to the path `copy`. The copy has no write-ahead log, and only the owner of the copy
 * has access to it. If a file already exists at `copy`, throws the error of the file system
 * (EEXIST) and keeps that file. If copying fails, deletes the incomplete copy. Errors:
 * STORAGE_FULL, and UNAVAILABLE, for example after the time limit.
 */
export async function copySqliteFile(
  file: string,
  copy: string,
  { timeoutMs = 3_600_000 }: CopyOptions = {},
): Promise<void> {
  // VACUUM INTO writes into an existing file if this file is empty. The file keeps its access mode, so only the owner
  // can read the copy.
  await createEmpty(copy);
  try {
    await inWriter(file, timeoutMs, async (writer) => {
      await writer.run("vacuum into ?", [copy]);
      // The writer process closes the source file when a transaction ends. No transaction is open
      // here, so this rollback has no other effect than to close the file.
      await writer.run("rollback", []);
    });
    await chmod(copy, 0o600);
  } catch (err) {
    for (const end of ["", "-journal", "-wal", "-shm"]) await rm(`${copy}${end}`, { force: true });
    throw isAppError(err, "QUERY_TIMEOUT") ? copyTooSlow(err) : err;
  }
}

async function createEmpty(file: string): Promise<void> {
  try {
    await (await open(file, "wx", 0o600)).close();
  } catch (err) {
    throw isDiskFull(err) ? sqliteErrorOf("SQLITE_FULL", err) : err;
  }
}

const copyTooSlow = (cause: unknown): AppError =>
  new AppError("UNAVAILABLE", "The database was not copied within its time limit.", {
    hint: "Try again when the disk is less busy.",
    cause,
  });
