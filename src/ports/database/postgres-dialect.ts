// Kysely over a pool of postgres.js. A connection is taken out of the pool only for a transaction.
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
import { type PostgresPool, postgresErrorOf } from "./postgres-client.ts";
import { beginPostgres, type PostgresTransaction } from "./postgres-transaction.ts";

export const postgresDialect = (pool: PostgresPool): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driverOver(pool),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
});

interface PoolConnection extends DatabaseConnection {
  begin(options: string): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

function driverOver(pool: PostgresPool): Driver {
  const ours = (connection: DatabaseConnection) => connection as PoolConnection;
  return {
    async init() {},
    async acquireConnection() {
      return connectionOver(pool);
    },
    beginTransaction: (connection, { isolationLevel }) =>
      ours(connection).begin(isolationLevel === undefined ? "" : `isolation level ${isolationLevel}`),
    commitTransaction: (connection) => ours(connection).commit(),
    rollbackTransaction: (connection) => ours(connection).rollback(),
    async releaseConnection() {},
    async destroy() {},
  };
}

function connectionOver(pool: PostgresPool): PoolConnection {
  let transaction: PostgresTransaction | undefined;
  const run = (sql: string, parameters: readonly unknown[]) =>
    transaction?.run(sql, parameters) ?? pool.unsafe(sql, parameters as never[], { prepare: true });
  return {
    async begin(options) {
      transaction = await beginPostgres(pool, options);
    },
    async commit() {
      const ending = transaction;
      transaction = undefined;
      await ending?.commit();
    },
    async rollback() {
      const ending = transaction;
      transaction = undefined;
      await ending?.rollback();
    },
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      try {
        const rows = await run(sql, parameters);
        const affected = rows.command === "SELECT" ? undefined : BigInt(rows.count ?? 0);
        const result = { rows: Array.from(rows) as Row[] };
        return affected === undefined ? result : { ...result, numAffectedRows: affected };
      } catch (err) {
        throw postgresErrorOf(err);
      }
    },
    streamQuery() {
      throw new Error("Rows are read whole: page through them.");
    },
  };
}
