// One transaction on a connection that is its own, and is given back only when the server says that no transaction is open.
import { AppError } from "../../errors.ts";
import { isStopped, postgresErrorOf } from "./postgres-client.ts";
import type { PostgresAnswer } from "./postgres-line.ts";
import type { PostgresLease } from "./postgres-lease.ts";
import { statementMsMax } from "./postgres-pool.ts";
import { commitErrorOf, rolledBack } from "./refusals.ts";

export interface PostgresTransaction {
  /** Errors: those of `postgresErrorOf`; UNAVAILABLE as soon as the connection has ended. */
  run(sql: string, parameters: readonly unknown[]): Promise<PostgresAnswer>;
  /** INTERNAL when the server rolled back instead. Errors else: as `run`; what was written may then be there or not. */
  commit(): Promise<void>;
  /** Never throws: where the server is away, it has rolled back by itself. */
  rollback(): Promise<void>;
}

export interface BeginOptions {
  /** Follows `begin`, such as an isolation level. */
  readonly mode?: string;
  /** For each statement and for each pause between two, on the server; 0 is without a limit. */
  readonly limitMs?: number;
}

const beginTriesMax = 5;

/** The lease is given back at the end of the transaction. Errors: UNAVAILABLE. */
export async function beginPostgres(
  lease: PostgresLease,
  { mode = "", limitMs = statementMsMax }: BeginOptions = {},
): Promise<PostgresTransaction> {
  const answerMsMax = limitMs === 0 ? Number.POSITIVE_INFINITY : limitMs;
  const send = (sql: string, parameters: readonly unknown[]) =>
    lease.send(sql, parameters, answerMsMax).catch((err: unknown) => {
      throw postgresErrorOf(err);
    });

  /** Whatever went before: the connection goes back clean, or not at all. */
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
      if (transaction !== "open") throw new AppError("INTERNAL", "The database began no transaction.");
    } catch (err) {
      // The server stood still, and stopped it by the limit of shared statements.
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
