// Runs one transaction on a leased connection. At the end, the connection is released for other work only if the server
// reports that no transaction is open. Otherwise the connection is closed.
import { AppError } from "../../../errors.ts";
import { isStopped, postgresErrorOf } from "./client.ts";
import type { PostgresAnswer } from "./connection.ts";
import type { PostgresLease } from "./lease.ts";
import { statementMsMax } from "./pool.ts";
import { commitErrorOf, rolledBack } from "../refusals.ts";

export interface PostgresTransaction {
  /**
   * Throws the errors that `postgresErrorOf` returns, such as CONFLICT. Throws UNAVAILABLE as soon
   * as the connection has ended. Throws INTERNAL after the end of the transaction.
   */
  run(sql: string, parameters: readonly unknown[]): Promise<PostgresAnswer>;
  /**
   * Errors: INTERNAL, if the server rolled back instead; UNAVAILABLE, if it is unknown whether the changes were made;
   * the errors of `postgresErrorOf` (such as CONFLICT), if the server refused the commit. After INTERNAL and the errors
   * of `postgresErrorOf`, nothing was changed.
   */
  commit(): Promise<void>;
  /**
   * Never throws. If the server can't be reached, the server rolls back without this call. After
   * the end of the transaction, this function does nothing.
   */
  rollback(): Promise<void>;
}

export interface BeginOptions {
  /** The text after `begin`, such as an isolation level. */
  readonly mode?: string;
  /**
   * The server's time limit, in milliseconds, for each statement and for each pause between statements. 0 means no
   * limit.
   */
  readonly limitMs?: number;
}

const beginTriesMax = 5;

/**
 * Begins a transaction. The lease ends together with the transaction. If this function throws, the lease has already
 * ended. Errors: those of `postgresErrorOf`, such as UNAVAILABLE; QUERY_TIMEOUT if the server stops BEGIN five times.
 */
export async function beginPostgres(
  lease: PostgresLease,
  { mode = "", limitMs = statementMsMax }: BeginOptions = {},
): Promise<PostgresTransaction> {
  const answerMsMax = limitMs === 0 ? Number.POSITIVE_INFINITY : limitMs;
  const send = (sql: string, parameters: readonly unknown[]) =>
    lease.send(sql, parameters, answerMsMax).catch((err: unknown) => {
      throw postgresErrorOf(err);
    });

  /** Rolls back. Afterwards the connection is either released without an open transaction or destroyed. */
  async function rollback(): Promise<void> {
    try {
      const { transaction } = await send("rollback", []);
      if (transaction === "none") lease.release();
      else lease.destroy(new Error("The transaction did not end."));
    } catch (err) {
      lease.destroy(err);
    }
  }

  const limits = `set local statement_timeout = ${limitMs}; set local idle_in_transaction_session_timeout = ${limitMs}`;
  async function begin(tries: number): Promise<void> {
    try {
      const { transaction } = await lease.send(`begin ${mode}; ${limits}`, [], answerMsMax);
      if (transaction !== "open") throw new AppError("INTERNAL", "The database did not begin a transaction.");
    } catch (err) {
      // The longer time limit applies only after BEGIN. BEGIN itself has the short limit of a shared
      // connection (`sharedMsMax`), so the server can stop BEGIN. Then BEGIN is tried again.
      if (!isStopped(err) || tries === 1) throw err;
      await send("rollback", []);
      await begin(tries - 1);
    }
  }

  try {
    await begin(beginTriesMax);
  } catch (err) {
    await rollback();
    throw postgresErrorOf(err);
  }

  return {
    run: send,
    rollback,
    async commit() {
      try {
        const { command, transaction } = await send("commit", []);
        if (command !== "COMMIT" || transaction !== "none") throw rolledBack();
      } catch (err) {
        await rollback();
        throw commitErrorOf(err);
      }
      lease.release();
    },
  };
}
