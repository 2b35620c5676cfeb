// Defines a Kysely dialect for Neon's sessions.
import type { PoolClient, QueryResult as NeonResult } from "@neondatabase/serverless";
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
import type { SqlValue } from "../database.ts";
import { commitErrorOf, rolledBack, transactionEnded } from "../refusals.ts";
import { neonErrorOf, type NeonSessions, neonValuesOf } from "./client.ts";

export const neonDialect = (sessions: NeonSessions): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driverOver(sessions),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
});

interface SessionConnection extends DatabaseConnection {
  /**
   * Runs `text`, a statement that begins or ends a transaction. Throws the error of `rolledBack` (INTERNAL) if the
   * server's answer is not `expected`. For example, if a statement of the transaction has failed, Postgres answers
   * COMMIT with ROLLBACK. Also throws the errors of `neonErrorOf`.
   */
  command(text: string, expected: "BEGIN" | "COMMIT" | "ROLLBACK"): Promise<void>;
  /**
   * Returns the session to the pool, or closes the session if it broke or may still be in a
   * transaction. A second call does nothing.
   */
  release(): void;
}

function driverOver(sessions: NeonSessions): Driver {
  const ours = (connection: DatabaseConnection) => connection as SessionConnection;
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
      ours(connection).command(
        isolationLevel === undefined ? "begin" : `begin isolation level ${isolationLevel}`,
        "BEGIN",
      ),
    commitTransaction: (connection) =>
      ours(connection)
        .command("commit", "COMMIT")
        .catch((err: unknown) => {
          throw commitErrorOf(err);
        }),
    rollbackTransaction: (connection) => ours(connection).command("rollback", "ROLLBACK"),
    async releaseConnection(connection) {
      ours(connection).release();
    },
    async destroy() {},
  };
}

function connectionOver(client: PoolClient): SessionConnection {
  let isClean = true;
  let isReleased = false;
  const noticeBreak = (): void => {
    isClean = false;
  };
  client.on("error", noticeBreak);

  async function query(text: string, values: readonly unknown[]): Promise<NeonResult> {
    if (isReleased) throw transactionEnded();
    try {
      return await client.query({ text, values: neonValuesOf(values as readonly SqlValue[]) });
    } catch (err) {
      throw neonErrorOf(err);
    }
  }

  return {
    async command(text, expected) {
      // The session can't be reused until the end of the transaction is certain.
      isClean = false;
      const { command } = await query(text, []);
      if (command !== expected) throw rolledBack();
      isClean = expected !== "BEGIN";
    },
    release() {
      if (isReleased) return;
      isReleased = true;
      client.off("error", noticeBreak);
      client.release(!isClean);
    },
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const { rows, command, rowCount } = await query(sql, parameters);
      const result = { rows: rows as Row[] };
      return command === "SELECT" ? result : { ...result, numAffectedRows: BigInt(rowCount ?? 0) };
    },
    streamQuery() {
      throw new Error("Rows can't be streamed: page through them.");
    },
  };
}
