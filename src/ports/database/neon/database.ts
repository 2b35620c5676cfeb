// Opens a database in Neon. Each query is one HTTP request; transactions and migrations use a WebSocket session.
import type { FullQueryResults, NeonQueryPromise } from "@neondatabase/serverless";
import { Kysely } from "kysely";
import type { Database, RunOptions, RunResult, SqlRow, SqlValue, StatementPlan } from "../database.ts";
import { applyMigrations, migrationNames, refuseNewer } from "../migration-files.ts";
import { neonErrorOf, neonTypes, neonValuesOf, openNeonRequests, openNeonSessions } from "./client.ts";
import { neonDialect } from "./dialect.ts";
import { changePostgresTables } from "../postgres/change-tables.ts";
import { planOf } from "../postgres/plan.ts";
import { tooManyRows, tooSlow } from "../refusals.ts";
import { createRunningWork } from "../running-work.ts";
import { withinTime } from "../transaction-time.ts";

export interface NeonOptions {
  /**
   * postgresql://role:password@endpoint/database. The pooled endpoint can't be used, because migrations hold session
   * locks.
   */
  readonly url: string;
  /** The folder of this database's migrations. */
  readonly migrations: string;
  /** The maximum number of sessions. The default is 2. */
  readonly max?: number;
}

type Result = FullQueryResults<false>;
type Pending = NeonQueryPromise<false, true, Result>;

export async function openNeon<Tables>(options: NeonOptions): Promise<Database<Tables>> {
  const { url, migrations, max = 2 } = options;
  const requests = openNeonRequests(url);
  const sessions = openNeonSessions(url, max);
  const kysely = new Kysely<Tables>({ dialect: neonDialect(sessions) });
  const running = createRunningWork();

  const request = (sql: string, values: readonly SqlValue[]): Pending =>
    requests.query(sql, neonValuesOf(values), { types: neonTypes });

  async function ask(sql: string, values: readonly SqlValue[], limits: RunOptions): Promise<RunResult> {
    const { timeoutMs, maxRows } = limits;
    const query = request(sql, values);
    const { rows, command, rowCount } = await (timeoutMs === undefined ? query : limited(query, timeoutMs));
    if (maxRows !== undefined && rows.length > maxRows) throw tooManyRows(maxRows);
    return { rows: rows as SqlRow[], changes: command === "SELECT" ? 0 : rowCount };
  }

  async function explain(sql: string, values: readonly SqlValue[]): Promise<StatementPlan> {
    const [, result] = await requests.transaction([
      request("set local enable_seqscan = off", []),
      request(`explain (format json) ${sql}`, values),
    ]);
    return planOf(String((result as Result).rows[0]?.["QUERY PLAN"]));
  }

  /**
   * Runs a query with a time limit. When the time is over, this function throws QUERY_TIMEOUT without waiting for the
   * server's response. The server gets the same limit with the query, but it may still execute a write after this
   * function has thrown.
   */
  async function limited(query: Pending, timeoutMs: number): Promise<Result> {
    const signal = AbortSignal.timeout(timeoutMs);
    const limit = request("select set_config('statement_timeout', $1, true)", [`${timeoutMs}ms`]);
    try {
      const [, result] = await requests.transaction([limit, query], { fetchOptions: { signal } });
      return result as Result;
    } catch (err) {
      throw signal.aborted ? tooSlow(timeoutMs) : err;
    }
  }

  return {
    dialect: "postgres",
    kysely,
    run: (sql, values, limits = {}) =>
      running.tracked(() =>
        ask(sql, values, limits).catch((err: unknown) => {
          throw neonErrorOf(err, limits.timeoutMs);
        }),
      ),
    changeMark: () => undefined,
    explain: (sql, values) =>
      running.tracked(() =>
        explain(sql, values).catch((err: unknown) => {
          throw neonErrorOf(err);
        }),
      ),
    transaction: (work, { timeoutMs } = {}) =>
      withinTime(timeoutMs, (limited) => running.tracked(() => kysely.transaction().execute(limited(work)))),
    changeTables: (work) => running.tracked(() => changePostgresTables(kysely, work)),
    migrate: () => running.tracked(() => migrate(url, migrations, (sql) => ask(sql, [], {}))),
    close: () => running.close(() => sessions.end()),
  };
}

async function migrate(
  url: string,
  folder: string,
  ask: (sql: string) => Promise<RunResult>,
): Promise<{ readonly applied: readonly string[] }> {
  const names = await migrationNames(folder);
  const done = await migrationsDone(ask);
  refuseNewer(done, names);
  if (names.every((name) => done.has(name))) return { applied: [] };
  // The lock of a migration belongs to a session, so the migration uses a pool with one session.
  const own = openNeonSessions(url, 1);
  try {
    return { applied: await applyMigrations(new Kysely({ dialect: neonDialect(own) }), folder) };
  } finally {
    await own.end();
  }
}

async function migrationsDone(ask: (sql: string) => Promise<RunResult>): Promise<ReadonlySet<string>> {
  try {
    const [table] = (await ask(`select to_regclass('kysely_migration')::text as "name"`)).rows;
    if (table?.name === null) return new Set();
    return new Set((await ask("select name from kysely_migration")).rows.map(({ name }) => String(name)));
  } catch (err) {
    throw neonErrorOf(err);
  }
}
