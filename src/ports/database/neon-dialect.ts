// Kysely over Neon's sessions.
import type { PoolClient } from "@neondatabase/serverless";
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
import type { SqlValue } from "./database.ts";
import { neonErrorOf, type NeonSessions, neonValuesOf } from "./neon-client.ts";

export const neonDialect = (sessions: NeonSessions): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driverOver(sessions),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
});

interface SessionConnection extends DatabaseConnection {
  release(): void;
}

function driverOver(sessions: NeonSessions): Driver {
  const command = (text: string) => (connection: DatabaseConnection) =>
    connection.executeQuery(CompiledQuery.raw(text)).then(() => {});
  return {
    async init() {},
    async acquireConnection() {
      try {
        return connectionOver(await sessions.connect());
      } catch (err) {
        throw neonErrorOf(err);
      }
    },
    beginTransaction: (connection, { isolationLevel }) =>
      command(isolationLevel === undefined ? "begin" : `begin isolation level ${isolationLevel}`)(connection),
    commitTransaction: command("commit"),
    rollbackTransaction: command("rollback"),
    savepoint: (connection, name) => command(`savepoint "${name}"`)(connection),
    rollbackToSavepoint: (connection, name) => command(`rollback to savepoint "${name}"`)(connection),
    releaseSavepoint: (connection, name) => command(`release savepoint "${name}"`)(connection),
    async releaseConnection(connection) {
      (connection as SessionConnection).release();
    },
    async destroy() {},
  };
}

function connectionOver(client: PoolClient): SessionConnection {
  let broken = false;
  const noticeBreak = (): void => {
    broken = true;
  };
  client.on("error", noticeBreak);
  return {
    release() {
      client.off("error", noticeBreak);
      client.release(broken);
    },
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      try {
        const values = neonValuesOf(parameters as readonly SqlValue[]);
        const { rows, command, rowCount } = await client.query({ text: sql, values });
        const result = { rows: rows as Row[] };
        return command === "SELECT" ? result : { ...result, numAffectedRows: BigInt(rowCount ?? 0) };
      } catch (err) {
        throw neonErrorOf(err);
      }
    },
    streamQuery() {
      throw new Error("Rows are read whole: page through them.");
    },
  };
}
