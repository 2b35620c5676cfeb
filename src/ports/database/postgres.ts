// A database in Postgres: Kysely for rare paths, the driver's own prepared statements for the hot path.
import { resolve } from "node:path";
import { Kysely, type Transaction } from "kysely";
import type { Database, RunOptions, RunResult, SqlRow, SqlValue, StatementPlan } from "./database.ts";
import { applyMigrations, migrationNames, refuseNewer } from "./migration-files.ts";
import { openPostgresPool, type PostgresPool, postgresErrorOf } from "./postgres-client.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { planOf } from "./postgres-plan.ts";
import { beginPostgres } from "./postgres-transaction.ts";
import { databaseClosed, tooManyRows, tooSlow } from "./refusals.ts";

export interface PostgresOptions {
  /** postgres://role:password@host/database */
  readonly url: string;
  /** The folder of this database's migrations. */
  readonly migrations: string;
  /** Connections at most; 2 when absent: businesses are many. */
  readonly max?: number;
}

/** How long a server that was told to stop a statement may take to answer. */
const stopMsMax = 2_000;

export async function openPostgres<Tables>(options: PostgresOptions): Promise<Database<Tables>> {
  const { url, max = 2 } = options;
  const migrations = resolve(options.migrations);
  const pool = openPostgresPool({ url, max });
  const kysely = new Kysely<Tables>({ dialect: postgresDialect(pool) });
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  let inFlight = 0;
  const quiet = Promise.withResolvers<void>();

  async function run(sql: string, values: readonly SqlValue[], limits: RunOptions = {}): Promise<RunResult> {
    if (closing !== undefined) throw databaseClosed();
    const { timeoutMs, maxRows } = limits;
    inFlight += 1;
    const pending = pool.unsafe<SqlRow[]>(sql, values as never[], { prepare: true });
    try {
      const rows = timeoutMs === undefined ? await pending : await stoppedAfter(timeoutMs, pending);
      if (maxRows !== undefined && rows.length > maxRows) throw tooManyRows(maxRows);
      return { rows, changes: rows.command === "SELECT" ? 0 : rows.count };
    } catch (err) {
      throw postgresErrorOf(err, timeoutMs);
    } finally {
      inFlight -= 1;
      if (closing !== undefined && inFlight === 0) quiet.resolve();
    }
  }

  async function tracked<T>(work: () => Promise<T>): Promise<T> {
    if (closing !== undefined) throw databaseClosed();
    const pending = work();
    running.add(pending);
    try {
      return await pending;
    } finally {
      running.delete(pending);
    }
  }

  async function closeAll(): Promise<void> {
    if (inFlight === 0) quiet.resolve();
    await Promise.allSettled([...running, quiet.promise]);
    // Nothing is running; a connection that broke may still not know that it has ended.
    await pool.end({ timeout: 1 });
  }

  return {
    dialect: "postgres",
    kysely,
    run,
    tryRun: () => undefined,
    changeMark: () => undefined,
    explain: (sql, values) => tracked(() => explain(pool, sql, values)),
    transaction: <T>(work: (trx: Transaction<Tables>) => Promise<T>) =>
      tracked(() => kysely.transaction().execute(work)),
    migrate: () => tracked(() => migrate(pool, url, migrations)),
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

type PendingRows = ReturnType<PostgresPool["unsafe"]>;

/** Past its time the statement is cancelled on the server; if the server is silent then, nobody waits for it. */
const stoppedAfter = (timeoutMs: number, pending: PendingRows): Promise<Awaited<PendingRows>> =>
  new Promise((resolve, reject) => {
    let timer = setTimeout(() => {
      pending.cancel();
      timer = setTimeout(() => reject(tooSlow(timeoutMs)), stopMsMax);
    }, timeoutMs);
    pending.then(
      (rows) => {
        clearTimeout(timer);
        resolve(rows);
      },
      (err: unknown) => {
        clearTimeout(timer);
        reject(err);
      },
    );
  });

/** With scans made dear: see planOf. */
async function explain(pool: PostgresPool, sql: string, values: readonly SqlValue[]): Promise<StatementPlan> {
  const trx = await beginPostgres(pool);
  try {
    await trx.run("set local enable_seqscan = off", []);
    const [row] = await trx.run(`explain (format json) ${sql}`, values);
    return planOf(String(row?.["QUERY PLAN"]));
  } finally {
    await trx.rollback();
  }
}

async function migrate(
  pool: PostgresPool,
  url: string,
  folder: string,
): Promise<{ readonly applied: readonly string[] }> {
  const names = await migrationNames(folder);
  const done = await migrationsDone(pool);
  refuseNewer(done, names);
  if (names.every((name) => done.has(name))) return { applied: [] };
  // The lock of a migration belongs to a connection, so it runs in a pool of one.
  const own = openPostgresPool({ url, max: 1 });
  try {
    await own.unsafe("set statement_timeout = 0");
    return { applied: await applyMigrations(new Kysely({ dialect: postgresDialect(own) }), folder) };
  } finally {
    await own.end({ timeout: 5 });
  }
}

async function migrationsDone(pool: PostgresPool): Promise<ReadonlySet<string>> {
  try {
    const [table] = await pool`select to_regclass('kysely_migration') as "name"`;
    if (table?.name === null) return new Set();
    const rows = await pool<{ name: string }[]>`select name from kysely_migration`;
    return new Set(rows.map(({ name }) => name));
  } catch (err) {
    throw postgresErrorOf(err);
  }
}
