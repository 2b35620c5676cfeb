// Drops the keys, indexes and foreign keys of a Postgres database before a load. After the load, creates them again and
// sets the sequences.
import type postgres from "postgres";
import { quoted } from "../../../drivers/postgres-rights.ts";
import type { CopyTable } from "../../table-copy.ts";

/**
 * Drops the keys, indexes and foreign keys, and first saves the statements that create them again. Without keys and
 * indexes, rows are loaded faster. Without foreign keys, the tables can be loaded in any order. Two kinds stay:
 * deferrable keys, and the keys and indexes of the tables in which migrations are recorded. A second call, after an
 * interrupted load, keeps the statements that are already saved.
 */
export async function dropStructure(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create schema if not exists rondo_move;
    create table if not exists rondo_move.saved (
      name text primary key, kind text not null, "table" text not null, make text not null, remove text not null);
    insert into rondo_move.saved
      select 'reference ' || f.oid, 'reference', c.relname,
        format('alter table %s add constraint %I %s not valid', conrelid::regclass, conname, pg_get_constraintdef(f.oid)),
        format('alter table if exists %s drop constraint if exists %I', conrelid::regclass, conname)
      from pg_constraint f join pg_class c on c.oid = f.conrelid
      where contype = 'f' and connamespace = 'public'::regnamespace
      union all
      select 'key ' || k.oid, 'key', c.relname,
        format('alter table %s add constraint %I %s using index %I', conrelid::regclass, conname,
          case contype when 'p' then 'primary key' else 'unique' end, conname),
        format('alter table if exists %s drop constraint if exists %I', conrelid::regclass, conname)
      from pg_constraint k join pg_class c on c.oid = k.conrelid
      where contype in ('p', 'u') and not condeferrable and connamespace = 'public'::regnamespace
        and c.relname not like 'kysely\\_migration%'
      union all
      select 'index ' || i.indexrelid, 'index', c.relname, pg_get_indexdef(i.indexrelid),
        format('drop index if exists %s', i.indexrelid::regclass)
      from pg_index i join pg_class c on c.oid = i.indrelid left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
      where c.relnamespace = 'public'::regnamespace and c.relname not like 'kysely\\_migration%'
        and (k.oid is null or (k.contype in ('p', 'u') and not k.condeferrable))
      on conflict do nothing`);
  // Foreign keys are dropped before the keys to which they refer, and keys before the indexes of these keys.
  const saved = await sql.unsafe("select remove from rondo_move.saved order by kind desc");
  await sql.unsafe(saved.map(({ remove }) => String(remove)).join(";"));
}

/**
 * Creates the indexes and then the keys of a table again, and then analyzes the table. Does nothing if `dropStructure`
 * was never called. Each saved statement is deleted in the same transaction in which the statement runs, so a repeated
 * call only runs the statements that are left. Each connection of `pool` builds one index at a time.
 */
export async function buildIndexes(pool: postgres.Sql, table: string): Promise<void> {
  if (!(await hasSaved(pool))) return;
  const ofKind = (kind: "index" | "key") =>
    pool.unsafe<Saved[]>(
      `select name, make from rondo_move.saved where kind = '${kind}' and "table" = '${table.replaceAll("'", "''")}'`,
    );
  const run = (saved: Saved) =>
    pool.unsafe(
      `set local maintenance_work_mem = '${memoryFor(saved)}'; ${saved.make}; delete from rondo_move.saved where name = '${saved.name}'`,
    );
  // A GIN index takes the longest, so it begins first.
  const indexes = (await ofKind("index")).toSorted((a, b) => Number(isGin(b)) - Number(isGin(a)));
  await Promise.all(indexes.map(run));
  for (const key of await ofKind("key")) await run(key);
  await pool.unsafe(`analyze public.${quoted(table)}`);
}

interface Saved {
  readonly name: string;
  /** The statement that creates the index or the key. */
  readonly make: string;
}

const isGin = ({ make }: Saved): boolean => / using gin /i.test(make);

/**
 * Returns the memory for building an index. For a GIN index, Postgres builds a tree in this memory. 16 MB fit in the
 * processor's cache, which saves about a third of the time. For other indexes, Postgres sorts the entries, which is
 * faster with more memory.
 */
const memoryFor = (saved: Saved): string => (isGin(saved) ? "16MB" : "256MB");

/** Creates the foreign keys again, without checking existing rows. Call `buildIndexes` for all tables before. */
export async function addReferences(sql: postgres.Sql): Promise<void> {
  if (!(await hasSaved(sql))) return;
  const saved = await sql.unsafe("select make from rondo_move.saved where kind = 'reference'");
  const statements = saved.map(({ make }) => `${make};`).join("\n");
  await sql.unsafe(`begin; ${statements} delete from rondo_move.saved where kind = 'reference'; commit`);
}

/** Checks the foreign keys of existing rows. Throws Postgres's error if a row refers to a row that doesn't exist. */
export async function validateReferences(pool: postgres.Sql): Promise<void> {
  const unchecked = await pool.unsafe(
    `select conrelid::regclass::text as "table", conname as "name" from pg_constraint
     where contype = 'f' and not convalidated and connamespace = 'public'::regnamespace`,
  );
  await Promise.all(
    unchecked.map(({ table, name }) =>
      pool.unsafe(`alter table ${table} validate constraint ${quoted(String(name))}`),
    ),
  );
}

async function hasSaved(sql: postgres.Sql): Promise<boolean> {
  const [found] = await sql.unsafe(`select to_regclass('rondo_move.saved') is not null as "found"`);
  return found?.found === true;
}

/** Sets the sequence of each column so that the sequence's next value is larger than every value of the column. */
export async function setSequences(sql: postgres.Sql, tables: readonly CopyTable[]): Promise<void> {
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
