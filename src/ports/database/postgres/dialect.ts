// Defines a Kysely dialect for shared connections to Postgres. Only a transaction gets its own connection.
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import { postgresErrorOf } from "./client.ts";
import type { PostgresAnswer } from "./connection.ts";
import type { PostgresTransaction } from "./transaction.ts";
import { transactionEnded } from "../refusals.ts";

export interface PostgresSource {
  run(sql: string, parameters: readonly unknown[]): Promise<PostgresAnswer>;
  /** `mode` is the text that follows `begin` in the statement. The text can be empty. */
  begin(mode: string): Promise<PostgresTransaction>;
  /**
   * Whether all statements run on one connection, inside and outside of transactions. If true, a statement is allowed
   * after the end of a transaction. If false, such a statement is refused.
   */
  readonly isOneConnection: boolean;
}

export const postgresDialect = (source: PostgresSource): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driverOver(source),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
});

interface PoolConnection extends DatabaseConnection {
  begin(options: string): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

function driverOver(source: PostgresSource): Driver {
  const ours = (connection: DatabaseConnection) => connection as PoolConnection;
  return {
    async init() {},
    async acquireConnection() {
      return connectionOver(source);
    },
    beginTransaction: (connection, { isolationLevel }) =>
      ours(connection).begin(isolationLevel === undefined ? "" : `isolation level ${isolationLevel}`),
    commitTransaction: (connection) => ours(connection).commit(),
    rollbackTransaction: (connection) => ours(connection).rollback(),
    async releaseConnection() {},
    async destroy() {},
  };
}

function connectionOver(source: PostgresSource): PoolConnection {
  let transaction: PostgresTransaction | undefined;
  let hasEnded = false;

  function run(sql: string, parameters: readonly unknown[]): Promise<PostgresAnswer> {
    // Without this check, a statement that comes after the end of its transaction would be committed separately.
    if (hasEnded && !source.isOneConnection) throw transactionEnded();
    return transaction?.run(sql, parameters) ?? source.run(sql, parameters);
  }
  function ending(): PostgresTransaction | undefined {
    const ended = transaction;
    transaction = undefined;
    hasEnded = true;
    return ended;
  }
  return {
    async begin(mode) {
      transaction = await source.begin(mode);
      hasEnded = false;
    },
    commit: async () => ending()?.commit(),
    rollback: async () => ending()?.rollback(),
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      try {
        const { rows, command, count } = await run(sql, parameters);
        const affected = command === "SELECT" ? undefined : BigInt(count);
        const result = { rows: Array.from(rows) as Row[] };
        return affected === undefined ? result : { ...result, numAffectedRows: affected };
      } catch (err) {
        throw postgresErrorOf(err);
      }
    },
    streamQuery() {
      throw new Error("Rows can't be streamed: page through them.");
    },
  };
}
