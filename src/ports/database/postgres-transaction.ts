// One transaction on a connection that is its own. Once that connection has ended nothing touches it any more: the driver would wait for ever.
import type { TransactionSql } from "postgres";
import { isConnectionLost, type PostgresPool, postgresErrorOf } from "./postgres-client.ts";

export interface PostgresTransaction {
  /** Errors: those of `postgresErrorOf`; UNAVAILABLE as soon as the connection has ended. */
  run(sql: string, parameters: readonly unknown[]): ReturnType<TransactionSql["unsafe"]>;
  /** Errors: as `run`; what was committed may then be there or not. */
  commit(): Promise<void>;
  /** Never throws: where the server is away, it has rolled back by itself. */
  rollback(): Promise<void>;
}

/** `options`: what follows `begin`. Errors: UNAVAILABLE. */
export async function beginPostgres(pool: PostgresPool, options = ""): Promise<PostgresTransaction> {
  const opened = Promise.withResolvers<TransactionSql>();
  /** Resolved: commit. Rejected: roll back. Neither, once the connection has ended. */
  const decided = Promise.withResolvers<void>();
  /** Rejects when the connection ends, in the middle of a statement or between two. */
  const over = pool.begin(options, (trx) => {
    opened.resolve(trx);
    return decided.promise;
  });
  let lost: unknown;
  over.catch((err: unknown) => {
    lost ??= err;
    opened.reject(err);
  });
  const trx = await opened.promise.catch((err: unknown) => {
    throw postgresErrorOf(err);
  });

  const settle = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (err) {
      if (isConnectionLost(err)) lost ??= err;
      throw postgresErrorOf(err);
    }
  };
  const untilLost = <T>(work: Promise<T>): Promise<T> => Promise.race([work, over as Promise<never>]);

  return {
    run(sql, parameters) {
      if (lost !== undefined) return settle(Promise.reject(lost)) as never;
      return settle(untilLost(trx.unsafe(sql, parameters as never[], { prepare: true }))) as never;
    },
    async commit() {
      if (lost !== undefined) return settle(Promise.reject(lost));
      decided.resolve();
      await settle(over);
    },
    async rollback() {
      if (lost !== undefined) return;
      decided.reject(new Error("rolled back"));
      await over.catch(() => undefined);
    },
  };
}
