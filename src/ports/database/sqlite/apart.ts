// Defines a Kysely dialect that sends its statements to a writer process, so that a long
// transaction doesn't block this process.
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type Transaction,
} from "kysely";
import type { SqlRow, SqlValue } from "../database.ts";
import { inWriter, type WriterTransaction } from "./writer-pool.ts";

export interface ApartOptions {
  readonly file: string;
  readonly timeoutMs?: number | undefined;
  /** The statement that begins the transaction. The default is "begin immediate". */
  readonly begin?: string;
}

/**
 * Like `Database.transaction`, but the transaction runs in a writer process. If `timeoutMs` passes
 * before the commit begins, the writer process is killed, and the error is QUERY_TIMEOUT. The error
 * is UNAVAILABLE if no writer process becomes free within 5 seconds, or if the process ends unexpectedly.
 */
export const transactionApart = <Tables, T>(
  { file, timeoutMs, begin = "begin immediate" }: ApartOptions,
  work: (trx: Transaction<Tables>) => Promise<T>,
): Promise<T> =>
  inWriter(file, timeoutMs, (writer) => {
    const kysely = new Kysely<Tables>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => driverOver(connectionOver(writer), begin),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    });
    return kysely.transaction().execute(work);
  });

const driverOver = (connection: DatabaseConnection, begin: string): Driver => {
  const run = async (sql: string): Promise<void> => {
    await connection.executeQuery(CompiledQuery.raw(sql));
  };
  return {
    async init() {},
    acquireConnection: async () => connection,
    beginTransaction: () => run(begin),
    commitTransaction: () => run("commit"),
    rollbackTransaction: () => run("rollback"),
    async releaseConnection() {},
    async destroy() {},
  };
};

const connectionOver = (writer: WriterTransaction): DatabaseConnection => ({
  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, changes } = await writer.run(sql, parameters.map(sentValue));
    return {
      rows: rows as readonly SqlRow[] as Row[],
      ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }),
    };
  },
  streamQuery() {
    throw new Error("Rows can't be streamed from a writer process.");
  },
});

const sentValue = (value: unknown): SqlValue =>
  value instanceof Date ? value.toISOString() : ((value ?? null) as SqlValue);
