// Describes the tables of a Postgres database, so that they can be moved to another database.
import type postgres from "postgres";
import type { CopyColumn, CopyTable, ValueKind } from "../../table-copy.ts";

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly declared: string;
  readonly modifier: number;
}

const columnsSql = `
  select c.relname as "table", a.attname as "name", t.typname as "type", format_type(a.atttypid, a.atttypmod) as "declared",
    a.atttypmod as "modifier"
  from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
    and a.attgenerated = '' and c.relname not like 'kysely\\_migration%'
  order by c.relname collate "C", a.attnum`;

const keysSql = `
  select c.relname as "table", a.attname as "name"
  from pg_index i join pg_class c on c.oid = i.indrelid, unnest(i.indkey) with ordinality as k(number, place), pg_attribute a
  where i.indisprimary and c.relnamespace = 'public'::regnamespace and a.attrelid = c.oid and a.attnum = k.number
  order by c.relname, k.place`;

const referencesSql = `
  select distinct c.relname as "table", r.relname as "name"
  from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_class r on r.oid = f.confrelid
  where f.contype = 'f' and c.relnamespace = 'public'::regnamespace`;

interface NameRow {
  readonly table: string;
  readonly name: string;
}

/**
 * Describes the tables of the schema `public`, without generated columns and without the tables of the migration tool.
 * `migrations` has the names of the migrations that have run. It is empty if the database has no migration table.
 */
export async function describePostgres(
  sql: postgres.Sql,
): Promise<{ readonly tables: readonly CopyTable[]; readonly migrations: readonly string[] }> {
  const columns = (await sql.unsafe(columnsSql)) as unknown as readonly ColumnRow[];
  const keys = (await sql.unsafe(keysSql)) as unknown as readonly NameRow[];
  const references = (await sql.unsafe(referencesSql)) as unknown as readonly NameRow[];
  const [found] = await sql.unsafe(`select to_regclass('public.kysely_migration') is not null as "found"`);
  const migrations = found?.found
    ? ((await sql.unsafe(
        'select name from kysely_migration order by name collate "C"',
      )) as unknown as readonly NameRow[])
    : [];
  const of = (rows: readonly NameRow[], table: string) =>
    rows.filter((row) => row.table === table).map(({ name }) => name);
  const tables = [...new Set(columns.map(({ table }) => table))].map((name) => ({
    name,
    columns: columns.filter(({ table }) => table === name).map(columnOf),
    key: of(keys, name),
    refersTo: of(references, name),
  }));
  return { tables, migrations: migrations.map(({ name }) => name) };
}

function columnOf({ name, type, declared, modifier }: ColumnRow): CopyColumn {
  const kind = kinds[type] ?? "text";
  if (kind !== "instant") return { name, declared, kind };
  // -1 means that the column has no declared precision. Then Postgres stores microseconds.
  return { name, declared, kind, secondDigits: modifier === -1 ? 6 : modifier };
}

/** The kind of value for each Postgres type. Values of all other types, such as dates and UUIDs, are moved as text. */
const kinds: Readonly<Record<string, ValueKind>> = {
  int2: "integer",
  int4: "integer",
  int8: "integer",
  bool: "boolean",
  float4: "real",
  float8: "real",
  numeric: "decimal",
  timestamptz: "instant",
  bytea: "bytes",
};
