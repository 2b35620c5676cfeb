// Opens a database in Postgres. Rare queries use Kysely. Frequent queries use `run`, which sends the SQL text directly.
import { resolve } from "node:path";
import { Kysely } from "kysely";
import type { Database, RunOptions, RunResult, SqlValue, StatementPlan } from "../database.ts";
import { applyMigrations, migrationNames, refuseNewer } from "../migration-files.ts";
import { changePostgresTables } from "./change-tables.ts";
import { postgresErrorOf, sharedMsMax } from "./client.ts";
import { postgresDialect, type PostgresSource } from "./dialect.ts";
import type { PostgresLease } from "./lease.ts";
import { planOf } from "./plan.ts";
import { openPostgresPool, type PostgresPool } from "./pool.ts";
import { beginPostgres } from "./transaction.ts";
import { databaseClosed, tooManyRows } from "../refusals.ts";
import { createRunningWork } from "../running-work.ts";
import { withinTime } from "../transaction-time.ts";

export interface PostgresOptions {
  /** postgres://role:password@host/database */
  readonly url: string;
  /** The folder of this database's migrations. */
  readonly migrations: string;
  /** The maximum number of connections to this database. The default is only 2, because there are many businesses. */
  readonly max?: number;
}

export async function openPostgres<Tables>(options: PostgresOptions): Promise<Database<Tables>> {
  const { url, max = 2 } = options;
  const migrations = resolve(options.migrations);
  const pool = openPostgresPool({ url, max });
  const kysely = new Kysely<Tables>({ dialect: postgresDialect(sourceOf(pool)) });
  const running = createRunningWork();
  let inFlight = 0;
  const quiet = Promise.withResolvers<void>();

  async function run(sql: string, values: readonly SqlValue[], limits: RunOptions = {}): Promise<RunResult> {
    if (running.isClosing) throw databaseClosed();
    const { timeoutMs, maxRows } = limits;
    inFlight += 1;
    try {
      const { rows, command, count } = await pool.run(sql, values, timeoutMs);
      if (maxRows !== undefined && rows.length > maxRows) throw tooManyRows(maxRows);
      return { rows, changes: command === "SELECT" ? 0 : count };
    } catch (err) {
      throw postgresErrorOf(err, timeoutMs);
    } finally {
      inFlight -= 1;
      if (running.isClosing && inFlight === 0) quiet.resolve();
    }
  }

  async function closeAll(): Promise<void> {
    if (inFlight === 0) quiet.resolve();
    await quiet.promise;
    await pool.close();
  }

  return {
    dialect: "postgres",
    kysely,
    run,
    changeMark: () => undefined,
    explain: (sql, values) => running.tracked(() => explain(pool, sql, values)),
    transaction: (work, { timeoutMs } = {}) =>
      withinTime(timeoutMs, (limited) => running.tracked(() => kysely.transaction().execute(limited(work)))),
    changeTables: (work) =>
      running.tracked(() =>
        onOneConnection(pool, (own) => changePostgresTables(own as Kysely<Tables>, work)),
      ),
    migrate: () => running.tracked(() => migrate(pool, migrations)),
    close: () => running.close(closeAll),
  };
}

const sourceOf = (pool: PostgresPool): PostgresSource => ({
  run: (sql, parameters) => pool.run(sql, parameters),
  begin: async (mode) => beginPostgres(await leaseOf(pool), { mode }),
  isOneConnection: false,
});

/** Runs EXPLAIN with enable_seqscan off. The comment of `planOf` gives the reason. */
async function explain(pool: PostgresPool, sql: string, values: readonly SqlValue[]): Promise<StatementPlan> {
  const trx = await beginPostgres(await leaseOf(pool));
  try {
    await trx.run("set local enable_seqscan = off", []);
    const { rows } = await trx.run(`explain (format json) ${sql}`, values);
    return planOf(String(rows[0]?.["QUERY PLAN"]));
  } finally {
    await trx.rollback();
  }
}

async function migrate(pool: PostgresPool, folder: string): Promise<{ readonly applied: readonly string[] }> {
  const names = await migrationNames(folder);
  const done = await migrationsDone(pool);
  refuseNewer(done, names);
  if (names.every((name) => done.has(name))) return { applied: [] };
  // The lock of the migrations belongs to a connection, so all their statements run on this connection.
  return { applied: await onOneConnection(pool, (own) => applyMigrations(own, folder)) };
}

/** Runs `work` on one connection without a time limit. After an error, the connection is not used again. */
async function onOneConnection<T>(
  pool: PostgresPool,
  work: (kysely: Kysely<unknown>) => Promise<T>,
): Promise<T> {
  const lease = await leaseOf(pool);
  const unlimited = Number.POSITIVE_INFINITY;
  const kept: PostgresLease = { ...lease, release() {} };
  try {
    const source: PostgresSource = {
      run: (sql, parameters) =>
        lease.send(sql, parameters, unlimited).catch((err: unknown) => {
          throw postgresErrorOf(err);
        }),
      begin: (mode) => beginPostgres(kept, { mode, limitMs: 0 }),
      isOneConnection: true,
    };
    await source.run("set statement_timeout = 0", []);
    const result = await work(new Kysely({ dialect: postgresDialect(source) }));
    await source.run(`set statement_timeout = ${sharedMsMax}`, []);
    lease.release();
    return result;
  } catch (err) {
    lease.destroy(err);
    throw err;
  }
}

const leaseOf = (pool: PostgresPool): Promise<PostgresLease> =>
  pool.lease().catch((err: unknown) => {
    throw postgresErrorOf(err);
  });

async function migrationsDone(pool: PostgresPool): Promise<ReadonlySet<string>> {
  try {
    const [table] = (await pool.run(`select to_regclass('kysely_migration')::text as "name"`, [])).rows;
    if (table?.name === null) return new Set();
    return new Set(
      (await pool.run("select name from kysely_migration", [])).rows.map(({ name }) => String(name)),
    );
  } catch (err) {
    throw postgresErrorOf(err);
  }
}
