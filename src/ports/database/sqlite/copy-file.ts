// Copies a snapshot of an SQLite file in a separate process, so that readers, writers and this process do not wait.
import { chmod, open, rm } from "node:fs/promises";
import { inWriter } from "./writer-pool.ts";

const copyMsMax = 3_600_000;

/**
 * Copies `file` to the path `copy`. The copy has no write-ahead log, and only the owner of the copy
 * has access to it. If a file already exists at `copy`, throws the error of the file system
 * (EEXIST) and keeps that file. If copying fails, deletes the incomplete copy. Errors:
 * STORAGE_FULL, UNAVAILABLE, and QUERY_TIMEOUT after an hour.
 */
export async function copySqliteFile(file: string, copy: string): Promise<void> {
  // VACUUM INTO accepts an empty file and keeps its access mode.
  await (await open(copy, "wx", 0o600)).close();
  try {
    await inWriter(file, copyMsMax, async (writer) => {
      await writer.run("vacuum into ?", [copy]);
      // No transaction is open, so this rollback only makes the writer process close the source
      // file. The writer process does this after each transaction.
      await writer.run("rollback", []);
    });
    await chmod(copy, 0o600);
  } catch (err) {
    for (const end of ["", "-journal", "-wal", "-shm"]) await rm(`${copy}${end}`, { force: true });
    throw err;
  }
}
