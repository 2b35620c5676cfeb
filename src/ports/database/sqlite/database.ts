// Opens a database in one SQLite file. Rare queries use Kysely, and frequent queries use cached prepared statements.
// Several processes can share the file, because it uses WAL.
import { resolve } from "node:path";
import { Kysely } from "kysely";
import type { MaybePromise } from "../../../maybe-promise.ts";
import type { Database, RunOptions, RunResult, SqlRow, SqlValue } from "../database.ts";
import { applyMigrations, migrationNames, refuseNewer } from "../migration-files.ts";
import { migrateFile } from "./migrate-file.ts";
import { databaseClosed, tooManyRows } from "../refusals.ts";
import { patiently } from "./busy.ts";
import {
  type BoundValue,
  exactRows,
  openSqliteConnection,
  type SqliteConnection,
  translated,
} from "./connection.ts";
import { sqliteDialect } from "./dialect.ts";
import { transactionApart } from "./apart.ts";
import { changeTablesApart, changeTablesIn } from "./change-tables.ts";
import { mayMeetMany, sqlitePlanOf } from "./plan.ts";
import { forgetFile, type ReaderJob, runOnReader } from "./reader-pool.ts";
import { createRunningWork } from "../running-work.ts";
import { withinTime } from "../transaction-time.ts";

export interface SqliteOptions {
  /**
   * A path. The file and its folder are created if they are missing. A database in ":memory:"
   * exists until it is closed, and its `run` enforces no time limits.
   */
  readonly file: string;
  /** The folder of this database's migrations. */
  readonly migrations: string;
}

/**
 * Says in which process `run` executes a statement: the place of the statement. The place is chosen from the plan of
 * the statement at its first use. Later, measured run times can change the place from "here" to "apart", or back.
 */
interface Route {
  readonly writes: boolean;
  /**
   * - "scan": the plan scans a table, so the statement always runs in another process, which can be killed.
   * - "apart": the statement runs in another process. After one quick run there, it gets the place "here". If it was
   *   slow in this process before, it needs 21 quick runs.
   * - "here": the statement runs in this process. After several slow runs, or after one very slow run, it gets the
   *   place "apart".
   *
   * Writes, and statements without a time limit, always run in this process.
   */
  place: "here" | "apart" | "scan";
  /**
   * Whether the statement is an update or a delete that can affect many rows. Undefined until the
   * option `texts` of a transaction contains the statement.
   */
  meetsMany?: boolean;
  /**
   * Counts the runs that suggest a change of the place.
   * - With the place "here", a slow run adds 1, a very slow run adds 3, and any other run reduces a positive count by
   *   0.1. At 3, the place becomes "apart", and the count becomes -20.
   * - With the place "apart", a quick run adds 1. When the count is positive, the place becomes "here".
   */
  doubts: number;
}

/**
 * The first place of a statement. It depends on how the plan finds rows: the field `reach` of `StatementPlan`.
 * "fan-out" means nested look-ups. If each of them finds many rows, the numbers multiply, and the statement is slow. So
 * such a statement first runs in another process.
 */
const firstPlaceOf = { lookups: "here", "fan-out": "apart", scan: "scan" } as const;
/**
 * A statement that runs longer than this in this process delays all other requests. On a busy machine
 * any statement can be slow, so one slow run does not change the place of the statement. One run that
 * takes longer than `verySlowMs` changes it.
 */
const slowMs = 25;
const verySlowMs = 250;
const slowRunsMax = 3;
const quickMs = 5;
const quickRunsAfterSlow = 20;
const routesMax = 2_000;
let handlesOpened = 0;
const nextHandle = (): number => {
  handlesOpened += 1;
  return handlesOpened;
};
/**
 * The number of different change marks of one opened database (handle), because SQLite's data_version has 32 bits. Each
 * handle has its own range of marks, so two handles never give the same mark. The marks of the first 2^21 - 1 handles
 * are exact as JavaScript numbers.
 */
const marksOfHandle = 2 ** 32;

export async function openSqlite<Tables>(options: SqliteOptions): Promise<Database<Tables>> {
  const inMemory = options.file === ":memory:";
  const file = inMemory ? options.file : resolve(options.file);
  const folder = resolve(options.migrations);
  const writer = openSqliteConnection({ file, mode: "write" });
  const handle = nextHandle();
  const kysely = new Kysely<Tables>({ dialect: sqliteDialect(writer) });
  const routes = new Map<string, Route>();
  const running = createRunningWork();
  let readerOpened = inMemory ? writer : undefined;

  /** Reads use a separate connection, so that they see no uncommitted changes and wait for no transaction. */
  function reader(): SqliteConnection {
    readerOpened ??= openSqliteConnection({ file, mode: "read" });
    return readerOpened;
  }

  function routeOf(sql: string): Route {
    const known = routes.get(sql);
    if (known !== undefined) return known;
    const writes = !reader().prepare(sql).readonly;
    const place = writes || inMemory ? "here" : firstPlaceOf[sqlitePlanOf(reader().db, sql).reach];
    const route: Route = { writes, place, doubts: 0 };
    if (routes.size >= routesMax) routes.clear();
    routes.set(sql, route);
    return route;
  }

  function run(sql: string, values: readonly SqlValue[], limits: RunOptions = {}): MaybePromise<RunResult> {
    try {
      if (running.isClosing) throw databaseClosed();
      const { timeoutMs, maxRows } = limits;
      const route = translated(() => routeOf(sql));
      if (route.writes || inMemory) return running.tracked(() => write(sql, values, limits));
      if (route.place !== "here" && timeoutMs !== undefined)
        return running.tracked(() => runApart(route, { file, sql, values, timeoutMs, maxRows }));
      return readHere(route, sql, values, maxRows);
    } catch (err) {
      return Promise.reject(err);
    }
  }

  function readHere(
    route: Route,
    sql: string,
    values: readonly SqlValue[],
    maxRows: number | undefined,
  ): RunResult {
    const startedAt = performance.now();
    const result = translated(() => runOn(reader(), sql, values, maxRows));
    if (route.place === "here") noteRunHere(route, performance.now() - startedAt);
    return result;
  }

  /**
   * Returns a number that changes with every commit. It contains the data_version of the reader connection, which
   * SQLite changes after each commit of another connection: https://sqlite.org/pragma.html#pragma_data_version
   */
  function changeMark(): number | undefined {
    if (inMemory) return undefined;
    if (running.isClosing) throw databaseClosed();
    const row = translated(() => reader().prepare("pragma data_version").get());
    return handle * marksOfHandle + Number(row?.data_version);
  }

  const write = (sql: string, values: readonly SqlValue[], limits: RunOptions) =>
    patiently(async () => {
      // The check is repeated after each wait, because another transaction may have begun. Without the check, this
      // write would run inside that transaction.
      while (writer.db.inTransaction) await writer.transactionEnds();
      return translated(() => runOn(writer, sql, values, limits.maxRows));
    });

  const runsAside = (sql: string): boolean => {
    const route = translated(() => routeOf(sql));
    route.meetsMany ??= translated(() => mayMeetMany(reader().db, sql));
    return route.meetsMany;
  };

  async function closeAll(): Promise<void> {
    if (readerOpened !== undefined && readerOpened !== writer) readerOpened.close();
    await kysely.destroy();
    writer.close();
    forgetFile(file);
  }

  return {
    dialect: "sqlite",
    kysely,
    run,
    changeMark,
    explain: (sql) => running.tracked(async () => translated(() => sqlitePlanOf(writer.db, sql))),
    transaction: (work, { texts = [], timeoutMs } = {}) =>
      !inMemory && texts.some(runsAside)
        ? running.tracked(() => transactionApart({ file, timeoutMs }, work))
        : withinTime(timeoutMs, (limited) =>
            running.tracked(() => kysely.transaction().execute(limited(work))),
          ),
    changeTables: (work) =>
      running.tracked(async () => {
        if (!inMemory) return changeTablesApart(file, work);
        writer.db.run("pragma foreign_keys = off");
        try {
          return await kysely.transaction().execute((trx) => changeTablesIn(trx, work));
        } finally {
          writer.db.run("pragma foreign_keys = on");
        }
      }),
    migrate: () =>
      running.tracked(async () => {
        const done = translated(() => migrationsDone(writer));
        const names = await migrationNames(folder);
        refuseNewer(done, names);
        if (names.every((name) => done.has(name))) return { applied: [] };
        return { applied: await (inMemory ? applyMigrations(kysely, folder) : migrateFile(file, folder)) };
      }),
    close: () => running.close(closeAll),
  };
}

function noteRunHere(route: Route, tookMs: number): void {
  if (tookMs <= slowMs) {
    if (route.doubts > 0) route.doubts -= 0.1;
    return;
  }
  route.doubts += tookMs > verySlowMs ? slowRunsMax : 1;
  if (route.doubts < slowRunsMax) return;
  route.place = "apart";
  route.doubts = -quickRunsAfterSlow;
}

async function runApart(route: Route, job: ReaderJob): Promise<RunResult> {
  const { result, tookMs } = await runOnReader(job);
  if (route.place === "scan") return result;
  route.doubts = tookMs <= quickMs ? route.doubts + 1 : Math.min(route.doubts, 0);
  if (route.doubts > 0) {
    route.place = "here";
    route.doubts = 0;
  }
  return result;
}

function runOn(
  connection: SqliteConnection,
  sql: string,
  values: readonly SqlValue[],
  maxRows: number | undefined,
): RunResult {
  const statement = connection.prepare(sql);
  if (!statement.reader) return { rows: noRows, changes: statement.run(...(values as BoundValue[])).changes };
  const rows = exactRows(statement, statement.all(...(values as BoundValue[])));
  if (maxRows !== undefined && rows.length > maxRows) throw tooManyRows(maxRows);
  return { rows, changes: statement.readonly ? 0 : rows.length };
}

const noRows: readonly SqlRow[] = [];

function migrationsDone({ db }: SqliteConnection): ReadonlySet<string> {
  const table = "select 1 from sqlite_schema where type = 'table' and name = 'kysely_migration'";
  if (db.query(table).get() === null) return new Set();
  const rows = db.query<{ name: string }, []>("select name from kysely_migration").all();
  return new Set(rows.map(({ name }) => name));
}
