// Logs the changes in an SQLite file, and can pause the writes to the file. The log contains the
// keys of the changed rows. The log and the pause consist of tables and triggers in the file. So
// the log and the pause apply to every process that opens the file.
import type { Database as Sqlite } from "bun:sqlite";
import type { ChangeLog, CopyTable, LoggedChanges, TableChanges } from "../../table-copy.ts";
import { movePrefix, quoted } from "./describe.ts";
import { columnList, keyColumns, lineEncoder, valuesOf } from "./rows.ts";

const fence = `${movePrefix}fence`;
const logOf = ({ name }: CopyTable): string => `${movePrefix}log_${name}`;
/**
 * An SQL expression for the current time in seconds since 1970. Older versions of SQLite don't have
 * unixepoch('subsec').
 */
const now = "(julianday('now') - 2440587.5) * 86400.0";
const foreverSeconds = 1e12;

type InTransaction = <T>(work: () => T) => T;

/**
 * `write` runs a function in a transaction that has the write lock. `view` runs a function in a transaction that reads
 * a snapshot.
 */
export function sqliteChangeLog(
  db: Sqlite,
  write: InTransaction,
  view: <T>(work: (reader: Sqlite) => T) => T,
): ChangeLog {
  return {
    start: async (tables) =>
      write(() => {
        for (const table of tables) createLog(db, table);
      }),
    read: async (tables) => view((reader) => readLog(reader, tables)),
    trim: async ({ read }) =>
      write(() => {
        for (const [name, [last = 0]] of read) db.run(`delete from ${quoted(name)} where "seq" <= ?`, [last]);
      }),
    pause: async (tables, ms) =>
      write(() => {
        db.run(`create table if not exists ${fence} ("until" real not null)`);
        db.run(`delete from ${fence}`);
        db.run(`insert into ${fence} values (${now} + ?)`, [ms / 1_000]);
        for (const table of tables) createFence(db, table);
      }),
    seal: async (tables) =>
      write(() => {
        const hasEntries = tables.some(
          (table) =>
            hasTable(db, logOf(table)) &&
            db.query(`select 1 from ${quoted(logOf(table))} limit 1`).get() !== null,
        );
        if (hasEntries) return false;
        return db.run(`update ${fence} set "until" = ${foreverSeconds} where "until" > ${now}`).changes > 0;
      }),
    resume: async () => write(() => dropAll(db, `${movePrefix}fence`)),
    end: async () => write(() => dropAll(db, `${movePrefix}log_`)),
  };
}

const hasTable = (db: Sqlite, name: string): boolean =>
  db.query("select 1 from sqlite_schema where type = 'table' and name = ?").get(name) !== null;

function createLog(db: Sqlite, table: CopyTable): void {
  const log = quoted(logOf(table));
  const places = table.key.map((_, at) => `k${at}`);
  db.run(
    `create table if not exists ${log} ("seq" integer primary key autoincrement, ${places.map((place) => `"${place}"`).join(", ")})`,
  );
  const note = (row: "old" | "new"): string =>
    `insert into ${log} (${places.map((place) => `"${place}"`).join(", ")}) values (${table.key.map((name) => `${row}.${quoted(name)}`).join(", ")});`;
  const bodies = { insert: note("new"), update: `${note("old")} ${note("new")}`, delete: note("old") };
  for (const [event, body] of Object.entries(bodies))
    db.run(
      `create trigger if not exists ${quoted(`${logOf(table)}_${event}`)} after ${event} on ${quoted(table.name)} begin ${body} end`,
    );
}

/**
 * Creates triggers that refuse writes during a pause. The triggers call the SQL function
 * rondo_paused, which throws. A program that doesn't define this function can't write either,
 * because the call of the missing function fails.
 */
function createFence(db: Sqlite, table: CopyTable): void {
  for (const event of ["insert", "update", "delete"])
    db.run(
      `create trigger if not exists ${quoted(`${fence}_${event}_${table.name}`)} before ${event} on ${quoted(table.name)}
       when exists (select 1 from ${fence} where "until" > ${now}) begin select rondo_paused(); end`,
    );
}

function readLog(db: Sqlite, tables: readonly CopyTable[]): LoggedChanges {
  const changes: TableChanges[] = [];
  const read = new Map<string, readonly number[]>();
  let entries = 0;
  for (const table of tables) {
    const log = quoted(logOf(table));
    const [[count, last]] = valuesOf(db, `select count(*), max("seq") from ${log}`) as [
      [bigint, bigint | null],
    ];
    if (last === null) continue;
    const places = table.key.map((_, at) => `"k${at}"`).join(", ");
    const encodeKey = lineEncoder(db, { ...table, columns: keyColumns(table) });
    const encode = lineEncoder(db, table);
    const names = columnList(table.columns.map(({ name }) => name));
    const rows = `select ${names} from ${quoted(table.name)} where (${columnList(table.key)}) in (select ${places} from ${log})`;
    changes.push({
      table,
      keys: valuesOf(db, `select distinct ${places} from ${log}`).map(encodeKey),
      rows: valuesOf(db, rows).map(encode),
    });
    read.set(logOf(table), [Number(last)]);
    entries += Number(count);
  }
  return { changes, entries, read };
}

/** Removes the triggers and tables whose names begin with a prefix. */
function dropAll(db: Sqlite, prefix: string): void {
  const found = db
    .query<{ type: string; name: string }, [string, number]>(
      "select type, name from sqlite_schema where type in ('trigger', 'table') and substr(name, 1, ?2) = ?1 order by type desc",
    )
    .all(prefix, prefix.length);
  for (const { type, name } of found) db.run(`drop ${type} if exists ${quoted(name)}`);
}
