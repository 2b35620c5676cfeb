// Kysely over a pool of postgres.js. A connection is taken out of the pool only for a transaction.
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import type { ReservedSql } from "postgres";
import { type PostgresPool, postgresErrorOf } from "./postgres-client.ts";

export const postgresDialect = (pool: PostgresPool): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driverOver(pool),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
});

interface PoolConnection extends DatabaseConnection {
  reserve(): Promise<void>;
  release(): void;
}

function driverOver(pool: PostgresPool): Driver {
  const command = (text: string) => (connection: DatabaseConnection) =>
    connection.executeQuery(CompiledQuery.raw(text)).then(() => {});
  return {
    async init() {},
    async acquireConnection() {
      return connectionOver(pool);
    },
    async beginTransaction(connection, { isolationLevel }) {
      await (connection as PoolConnection).reserve();
      await command(isolationLevel === undefined ? "begin" : `begin isolation level ${isolationLevel}`)(
        connection,
      );
    },
    commitTransaction: command("commit"),
    rollbackTransaction: command("rollback"),
    savepoint: (connection, name) => command(`savepoint "${name}"`)(connection),
    rollbackToSavepoint: (connection, name) => command(`rollback to savepoint "${name}"`)(connection),
    releaseSavepoint: (connection, name) => command(`release savepoint "${name}"`)(connection),
    async releaseConnection(connection) {
      (connection as PoolConnection).release();
    },
    async destroy() {},
  };
}

function connectionOver(pool: PostgresPool): PoolConnection {
  let reserved: ReservedSql | undefined;
  return {
    async reserve() {
      reserved ??= await pool.reserve().catch((err: unknown) => {
        throw postgresErrorOf(err);
      });
    },
    release() {
      reserved?.release();
      reserved = undefined;
    },
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      try {
        const rows = await (reserved ?? pool).unsafe(sql, parameters as never[], { prepare: true });
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
