// Logs the changes of rows in a Postgres database that is being moved, and pauses writes to the database. Both use
// tables in a separate schema, and triggers that run for the writes of every role.
import type postgres from "postgres";
import { AppError } from "../../../../errors.ts";
import { quoted } from "../../../drivers/postgres-rights.ts";
import { writesPausedState } from "../../refusals.ts";
import type { ChangeLog, CopyTable, LoggedChanges, TableChanges } from "../../table-copy.ts";
import { columnList, outOf } from "./rows.ts";

/**
 * Runs `work` in a transaction. `mode` is the text after BEGIN, for example "read only". Throws
 * AppErrors; the error of Postgres is their cause.
 */
export type InTransaction = <T>(work: () => Promise<T>, mode?: string) => Promise<T>;

const logOf = ({ name }: CopyTable): string => `rondo_move.${quoted(`log_${name}`)}`;
const tableOf = ({ name }: CopyTable): string => `public.${quoted(name)}`;
const places = ({ key }: CopyTable): string => key.map((_, at) => `k${at}`).join(", ");

const fenceSql = `
  create schema if not exists rondo_move;
  create table if not exists rondo_move.fence (until timestamptz not null);
  create or replace function rondo_move.refuse() returns trigger language plpgsql security definer set search_path = pg_catalog as $body$
    begin
      if exists (select 1 from rondo_move.fence where until > clock_timestamp())
        and coalesce(current_setting('rondo.move', true), '') <> 'on' then
        raise exception 'Writes are paused while this database moves.' using errcode = '${writesPausedState}';
      end if;
      return null;
    end $body$;`;

/**
 * Returns the statements that create the log of a table. The trigger function of the log runs with
 * the administrator's permissions, because a business's role has no permissions on the log.
 */
function logSql(table: CopyTable): string {
  const note = (row: "old" | "new"): string =>
    `insert into ${logOf(table)} (${places(table)}) values (${table.key.map((name) => `${row}.${quoted(name)}`).join(", ")});`;
  const typed = table.key.map((name, at) => `${quoted(name)} as k${at}`).join(", ");
  return `
    create table if not exists ${logOf(table)} as select ${typed} from ${tableOf(table)} with no data;
    alter table ${logOf(table)} add column if not exists seq bigserial;
    create or replace function ${logOf(table)}() returns trigger language plpgsql security definer set search_path = pg_catalog as $body$
      begin
        if tg_op <> 'INSERT' then ${note("old")} end if;
        if tg_op <> 'DELETE' then ${note("new")} end if;
        return null;
      end $body$;
    create or replace trigger rondo_move_log after insert or update or delete on ${tableOf(table)}
      for each row execute function ${logOf(table)}();`;
}

const triesMax = 20;
const lockTimeout = "55P03";
const deadlock = "40P01";
const lockMs = 300;

export function postgresChangeLog(sql: postgres.Sql, inTransaction: InTransaction): ChangeLog {
  /**
   * Returns statements that lock the tables against writes. Before a table is locked, its running writes have to end.
   * This wait takes at most `lockMs` for each table. The limit is short, because new writes wait during this time, too.
   */
  const locked = (tables: readonly CopyTable[]): string =>
    `set local lock_timeout = ${lockMs}; lock table ${tables.map(tableOf).join(", ")} in share row exclusive mode;`;

  /**
   * Runs `work` in a transaction. If the transaction ends with the Postgres error `code`, nothing was changed, and it is
   * repeated. After `triesMax` such attempts, throws the error that `refused` returns.
   */
  async function repeated<T>(
    work: () => Promise<T>,
    code: string,
    refused: (err: unknown) => unknown,
  ): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await inTransaction(work);
      } catch (err) {
        if (((err as Error).cause as { code?: string } | undefined)?.code !== code) throw err;
        if (tries === triesMax) throw refused(err);
      }
    }
  }

  /** Repeats `work` if it gets no lock within `lockMs`. At the end, throws UNAVAILABLE. */
  const patiently = <T>(work: () => Promise<T>): Promise<T> => repeated(work, lockTimeout, cannotPause);

  /**
   * For work that drops triggers on all tables in one transaction. A transaction of a business can lock the same tables in
   * another order. Then Postgres ends one of the two with a deadlock. If it ends this one, `work` is repeated.
   */
  const dropping = (work: () => Promise<void>): Promise<void> => repeated(work, deadlock, (err) => err);

  async function readLog(tables: readonly CopyTable[]): Promise<LoggedChanges> {
    const changes: TableChanges[] = [];
    const read = new Map<string, readonly number[]>();
    let entries = 0;
    const counts = tables.map((table, at) => `select ${at} as at from ${logOf(table)} having count(*) > 0`);
    const busy = await sql.unsafe(counts.join(" union all "));
    for (const { at } of busy) {
      const table = tables[Number(at)]!;
      const seqs = (await sql.unsafe(`select seq from ${logOf(table)}`)).map(({ seq }) => Number(seq));
      const keys = await outOf(
        sql,
        { ...table, columns: keysOf(table) },
        `select distinct ${places(table)} from ${logOf(table)}`,
      );
      const rows = await outOf(
        sql,
        table,
        `select ${columnList(table.columns.map(({ name }) => name))} from ${tableOf(table)}
         where (${columnList(table.key)}) in (select ${places(table)} from ${logOf(table)})`,
      );
      changes.push({ table, keys, rows });
      read.set(logOf(table), seqs);
      entries += seqs.length;
    }
    return { changes, entries, read };
  }

  return {
    start: (tables) =>
      patiently(async () => {
        await sql.unsafe(`set local lock_timeout = ${lockMs}; create schema if not exists rondo_move;`);
        await sql.unsafe(tables.map(logSql).join("\n"));
      }),
    read: (tables) => inTransaction(() => readLog(tables), "isolation level repeatable read, read only"),
    trim: ({ read }) =>
      inTransaction(async () => {
        for (const [name, seqs] of read)
          await sql.unsafe(`delete from ${name} where seq = any('{${seqs.join(",")}}'::bigint[])`);
      }),
    pause: (tables, ms) =>
      patiently(async () => {
        await sql.unsafe(`${fenceSql} ${locked(tables)}`);
        const triggers = tables.map(
          (table) =>
            `create or replace trigger rondo_move_fence before insert or update or delete on ${tableOf(table)}
               for each statement execute function rondo_move.refuse();`,
        );
        await sql.unsafe(
          `${triggers.join("\n")} delete from rondo_move.fence;
             insert into rondo_move.fence values (clock_timestamp() + interval '${ms} milliseconds');`,
        );
      }),
    seal: (tables) =>
      patiently(async () => {
        await sql.unsafe(locked(tables));
        const logs = tables.map((table) => `exists (select 1 from ${logOf(table)})`).join(" or ");
        const [log] = await sql.unsafe(`select (${logs || "false"}) as "hasEntries"`);
        if (log?.hasEntries) return false;
        const { count } = await sql.unsafe(
          "update rondo_move.fence set until = 'infinity' where until > clock_timestamp()",
        );
        return count > 0;
      }),
    resume: () =>
      dropping(() =>
        dropTriggers(
          sql,
          "rondo_move_fence",
          "drop table if exists rondo_move.fence; drop function if exists rondo_move.refuse()",
        ),
      ),
    end: () => dropping(() => endLog(sql)),
  };
}

const keysOf = ({ columns, key }: CopyTable) =>
  key.map((name) => columns.find((column) => column.name === name)!);

async function dropTriggers(sql: postgres.Sql, name: string, afterwards: string): Promise<void> {
  const found = await sql.unsafe(
    `select c.relname as "table" from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = '${name}'`,
  );
  for (const { table } of found) await sql.unsafe(`drop trigger ${name} on public.${quoted(String(table))}`);
  await sql.unsafe(afterwards);
}

async function endLog(sql: postgres.Sql): Promise<void> {
  await dropTriggers(sql, "rondo_move_log", "");
  const logs = await sql.unsafe(
    `select relname as "name" from pg_class where relnamespace = to_regnamespace('rondo_move') and relkind = 'r' and relname like 'log\\_%'`,
  );
  for (const { name } of logs)
    await sql.unsafe(
      `drop table rondo_move.${quoted(String(name))}; drop function if exists rondo_move.${quoted(String(name))}();`,
    );
}

const cannotPause = (cause: unknown): AppError =>
  new AppError("UNAVAILABLE", "Writes could not be paused, because one of them did not end.", {
    hint: "Run the command again.",
    cause,
  });
