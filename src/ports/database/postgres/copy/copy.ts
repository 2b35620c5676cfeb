// Opens a Postgres database for a move of its tables, as the owner of the tables.
import postgres from "postgres";
import { quoted } from "../../../drivers/postgres-rights.ts";
import type { CopyTable, Lines, TableCopy } from "../../table-copy.ts";
import { postgresErrorOf } from "../client.ts";
import { describePostgres } from "./describe.ts";
import { type InTransaction, postgresChangeLog } from "./log.ts";
import { columnList, linesOut, outOf } from "./rows.ts";
import { refusedRowOf, rememberRecent } from "./refused-row.ts";
import { copyIn } from "./stream.ts";

const settings = {
  application_name: "rondo move",
  TimeZone: "UTC",
  DateStyle: "ISO",
  bytea_output: "hex",
  statement_timeout: 0,
  // For the building of indexes.
  maintenance_work_mem: "256MB",
  // The move itself may write while writes are paused.
  "rondo.move": "on",
} as const;

export function openPostgresCopy(url: string): TableCopy {
  const sql = postgres(url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    fetch_types: false,
    prepare: false,
    onnotice: () => {},
    connection: settings as never,
  });

  const inTransaction: InTransaction = async (work, mode = "") => {
    try {
      await sql.unsafe(`begin ${mode}`);
      const result = await work();
      await sql.unsafe("commit");
      return result;
    } catch (err) {
      await sql.unsafe("rollback").catch(() => undefined); // report the original error
      throw (err as { code?: string }).code === "55P03" ? err : postgresErrorOf(err);
    }
  };

  const into = ({ name, columns }: CopyTable): string =>
    `copy public.${quoted(name)} (${columnList(columns.map((column) => column.name))}) from stdin`;

  /** Creates a temporary table with these keys, for the current transaction. */
  async function keysInto(table: CopyTable, keys: Lines): Promise<string> {
    await sql.unsafe(
      `drop table if exists rondo_keys;
       create temp table rondo_keys on commit drop as select ${columnList(table.key)} from public.${quoted(table.name)} with no data`,
    );
    await copyIn(sql, "copy rondo_keys from stdin", [keys]);
    return table.key.map((name) => `t.${quoted(name)} = k.${quoted(name)}`).join(" and ");
  }

  async function* rows(table: CopyTable): AsyncGenerator<Lines> {
    const names = columnList(table.columns.map(({ name }) => name));
    yield* linesOut(sql, table, `select ${names} from public.${quoted(table.name)}`);
  }

  return {
    engine: "postgres",
    reader: {
      describe: () => describePostgres(sql),
      rows,
      atOneMoment: (work) => inTransaction(work, "isolation level repeatable read read only"),
      rowsAt: (table, keys) =>
        inTransaction(async () => {
          const match = await keysInto(table, keys);
          const names = table.columns.map(({ name }) => `t.${quoted(name)}`).join(", ");
          return outOf(
            sql,
            table,
            `select ${names} from public.${quoted(table.name)} t join rondo_keys k on ${match}`,
          );
        }),
      async count({ name }) {
        const [row] = await sql.unsafe(`select count(*)::text as "count" from public.${quoted(name)}`);
        return Number(row?.count);
      },
      // Postgres checks the references of every row.
      brokenReference: async () => undefined,
    },
    writer: {
      prepare: () => inTransaction(() => prepare(sql)),
      load: (table, batches) =>
        inTransaction(async () => {
          await sql.unsafe(`truncate public.${quoted(table.name)}`);
          const recent = rememberRecent(batches);
          await copyIn(sql, into(table), recent.batches).catch((err: unknown) => {
            throw refusedRowOf(table, err, recent.line) ?? err;
          });
        }),
      async index() {
        await runSaved(sql, "index");
        await sql.unsafe("analyze");
      },
      apply: (changes) =>
        inTransaction(async () => {
          for (const { table, keys } of changes) {
            const match = await keysInto(table, keys);
            await sql.unsafe(`delete from public.${quoted(table.name)} t using rondo_keys k where ${match}`);
          }
          for (const { table, rows: lines } of changes) await copyIn(sql, into(table), [lines]);
        }),
      async enforce(tables) {
        await runSaved(sql, "reference");
        await setSequences(sql, tables);
      },
      async validate() {
        const unchecked = await sql.unsafe(
          `select conrelid::regclass::text as "table", conname as "name" from pg_constraint
           where contype = 'f' and not convalidated and connamespace = 'public'::regnamespace`,
        );
        for (const { table, name } of unchecked)
          await sql
            .unsafe(`alter table ${table} validate constraint ${quoted(String(name))}`)
            .catch((err: unknown) => {
              throw postgresErrorOf(err);
            });
      },
    },
    log: postgresChangeLog(sql, inTransaction),
    close: () => sql.end({ timeout: 1 }),
  };
}

/** Saves the statements that create indexes and foreign keys again, and drops these. Keys and unique constraints stay. */
async function prepare(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create schema if not exists rondo_move;
    create table if not exists rondo_move.saved (name text primary key, kind text not null, make text not null, remove text not null);
    insert into rondo_move.saved
      select 'reference ' || oid, 'reference',
        format('alter table %s add constraint %I %s not valid', conrelid::regclass, conname, pg_get_constraintdef(oid)),
        format('alter table %s drop constraint %I', conrelid::regclass, conname)
      from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace
      union all
      select 'index ' || i.indexrelid, 'index', pg_get_indexdef(i.indexrelid), format('drop index %s', i.indexrelid::regclass)
      from pg_index i join pg_class c on c.oid = i.indrelid
      where c.relnamespace = 'public'::regnamespace and c.relname not like 'kysely\\_migration%'
        and not exists (select 1 from pg_constraint where conindid = i.indexrelid)
      on conflict do nothing`);
  const saved = await sql.unsafe("select remove from rondo_move.saved order by kind desc");
  await sql.unsafe(
    saved
      .map(({ remove }) =>
        String(remove)
          .replace(/^drop index/, "drop index if exists")
          .replace(" drop constraint ", " drop constraint if exists "),
      )
      .join(";"),
  );
}

/** Runs the saved statements of one kind, and forgets them, in one transaction. Without any it does nothing. */
async function runSaved(sql: postgres.Sql, kind: "index" | "reference"): Promise<void> {
  const [found] = await sql.unsafe(`select to_regclass('rondo_move.saved') is not null as "found"`);
  if (!found?.found) return;
  const saved = await sql.unsafe(`select make from rondo_move.saved where kind = '${kind}'`);
  const statements = saved.map(({ make }) => `${make};`).join("\n");
  await sql.unsafe(`begin; ${statements} delete from rondo_move.saved where kind = '${kind}'; commit`);
}

async function setSequences(sql: postgres.Sql, tables: readonly CopyTable[]): Promise<void> {
  const names = new Set(tables.map(({ name }) => name));
  const owned = await sql.unsafe(
    `select s.oid::regclass::text as "sequence", c.relname as "table", a.attname as "column"
     from pg_class s join pg_depend d on d.objid = s.oid and d.deptype in ('a', 'i') join pg_class c on c.oid = d.refobjid
       join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
     where s.relkind = 'S' and c.relnamespace = 'public'::regnamespace`,
  );
  for (const { sequence, table, column } of owned)
    if (names.has(String(table)))
      await sql.unsafe(
        `select setval('${String(sequence).replaceAll("'", "''")}', greatest(max(${quoted(String(column))}), 1), max(${quoted(String(column))}) is not null) from public.${quoted(String(table))}`,
      );
}
