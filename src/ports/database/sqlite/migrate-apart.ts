// Migrates an SQLite file in another process, so that this process can do other work. If one of the two processes is
// killed before the commit, SQLite rolls the migrations back.
import { join } from "node:path";
import { AppError, type ErrorCode } from "../../../errors.ts";

/** The message that the other process sends before it ends. */
export type MigrationAnswer =
  | { readonly applied: readonly string[] }
  /** The message of an error that is not an AppError, such as an error of the migration's own code. */
  | { readonly message: string }
  | {
      readonly code: ErrorCode;
      readonly publicMessage: string;
      readonly hint: string | undefined;
      readonly cause: string | undefined;
    };

/**
 * Applies the migrations in `folder` to the database `file`, and returns the names of the migrations that
 * this call applied. If a migration failed, throws an error with the same message and, for an AppError, the same code.
 * If the other process ended without an answer, throws UNAVAILABLE.
 */
export async function migrateApart(file: string, folder: string): Promise<readonly string[]> {
  let answer: MigrationAnswer | undefined;
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "migrate-process.ts"), file, folder], {
    env: {},
    stdio: ["ignore", "ignore", "inherit"],
    serialization: "advanced",
    ipc: (message) => {
      answer = message as MigrationAnswer;
    },
  });
  await child.exited;
  if (answer === undefined) throw interrupted();
  if ("applied" in answer) return answer.applied;
  if ("message" in answer) throw new Error(answer.message);
  const { code, publicMessage, hint, cause } = answer;
  throw new AppError(code, publicMessage, {
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause: new Error(cause) }),
  });
}

const interrupted = (): AppError =>
  new AppError("UNAVAILABLE", "The migration of this database was interrupted.", {
    hint: "Try again.",
    retryAfterSeconds: 1,
  });
