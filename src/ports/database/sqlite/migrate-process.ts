// This program migrates one SQLite file in a process of its own. The program sends the names of the
// applied migrations, or the error, to the process that started the program (the parent).
import { isAppError } from "../../../errors.ts";
import type { MigrationAnswer } from "./migrate-apart.ts";
import { migrateHere } from "./migrate-file.ts";

async function answerOf(file: string, folder: string): Promise<MigrationAnswer> {
  try {
    return { applied: await migrateHere(file, folder) };
  } catch (err) {
    if (!isAppError(err)) return { message: err instanceof Error ? err.message : String(err) };
    const { code, publicMessage, hint, cause } = err;
    return { code, publicMessage, hint, cause: cause instanceof Error ? cause.message : undefined };
  }
}

if (import.meta.main) {
  // If the parent ends during the migration, this process ends, too, and SQLite rolls the migration
  // back.
  process.on("disconnect", () => process.exit(1));
  const [file = "", folder = ""] = process.argv.slice(2);
  process.send?.(await answerOf(file, folder));
  process.disconnect?.();
}
