// Tests that the migrations create the declared tables, on SQLite and on Postgres.
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import postgres from "postgres";
import { migrationsOf } from "../../deps/migrations-of.ts";
import { openPostgres } from "../../ports/database/postgres/database.ts";
import { openSqlite } from "../../ports/database/sqlite/database.ts";
import { createTestPostgres, hasPostgres } from "../../testing/servers/postgres/postgres-database.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { controlSchema } from "./control-schema.ts";
import { businessSchema } from "./schema.ts";
import type { ColumnDeclaration, ColumnType, TableDeclaration } from "./table-declaration.ts";

const withPostgres = await hasPostgres();

type Schema = Readonly<Record<string, Pick<TableDeclaration, "columns">>>;

/** One line for each column, such as "versions.storage text not null default". */
const linesOf = (schema: Schema, types: Readonly<Record<ColumnType, string>>): readonly string[] =>
  Object.entries(schema)
    .flatMap(([table, { columns }]) =>
      Object.entries<ColumnDeclaration>(columns).map(([name, { type, nullable, hasDefault }]) =>
        lineOf(table, {
          name,
          type: types[type],
          isNullable: nullable === true,
          hasDefault: hasDefault === true,
        }),
      ),
    )
    .toSorted();

interface FoundColumn {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly hasDefault: boolean;
}

const lineOf = (table: string, { name, type, isNullable, hasDefault }: FoundColumn): string =>
  `${table}.${name} ${type}${isNullable ? "" : " not null"}${hasDefault ? " default" : ""}`;

const onSqlite = {
  ...{ id: "text", text: "text", timestamp: "text", json: "text" },
  ...{ integer: "integer", bigint: "integer", boolean: "integer", float: "real" },
  ...{ decimal: "decimal(18,2)", date: "text", bytes: "blob" },
};
const onPostgres = {
  ...{ id: "text", text: "text", timestamp: "timestamptz", json: "json" },
  ...{ integer: "int4", bigint: "int8", boolean: "bool", float: "float8" },
  ...{ decimal: "numeric", date: "date", bytes: "bytea" },
};

test("every table that was added after the first release has a name that begins with rondo", () => {
  const names = Object.keys(businessSchema).filter((name) => !name.startsWith("rondo"));
  // An app can't create a table whose name begins with rondo, but it can use any other free name. If a later release
  // added a table with another name, an app could already have a table with this name. So this list must not grow.
  expect(names.toSorted()).toEqual([
    ...["appVersions", "deletions", "generationOrigins", "generations", "generatorCalls", "logins"],
    ...["outbox", "projects", "purgeItems", "receipts", "repeatableWrites", "sessions", "shares", "tracks"],
    ...["usageCounts", "users", "versions", "webhookDeliveries", "webhookEndpoints", "webhookEvents"],
  ]);
});

describe.each([
  ["business", businessSchema],
  ["control", controlSchema],
] as const)("the tables of the %s database", (set, schema: Schema) => {
  test("on SQLite have the declared columns, and only declared foreign keys", async () => {
    await using directory = await createTemporaryDirectory();
    const file = `${directory.path}/tables.db`;
    const opened = await openSqlite({ file, migrations: migrationsOf(set) });
    await opened.migrate();
    await opened.close();
    using database = new Database(file);
    const tables = database
      .query<{ name: string }, []>(
        "select name from sqlite_schema where type = 'table' and name not like 'kysely%' and name not like 'sqlite%' and name not like 'rondo\\_%' escape '\\'",
      )
      .all();
    const found = tables.flatMap(({ name: table }) =>
      database
        .query<{ name: string; type: string; notnull: number; pk: number; dflt_value: unknown }, []>(
          `pragma table_info("${table}")`,
        )
        .all()
        .map(({ name, type, notnull, pk, dflt_value }) =>
          lineOf(table, {
            name,
            type: type.toLowerCase(),
            isNullable: notnull === 0 && pk === 0,
            hasDefault: dflt_value !== null,
          }),
        ),
    );
    expect(found.toSorted()).toEqual([...linesOf(schema, onSqlite)]);
    const keys = tables.flatMap(({ name: table }) =>
      database
        .query<{ from: string; table: string }, []>(`pragma foreign_key_list("${table}")`)
        .all()
        .map((key) => [table, key.from, key.table] as const),
    );
    for (const [table, column, references] of keys)
      expect([table, column, schema[table]?.columns[column]?.references]).toEqual([
        table,
        column,
        references,
      ]);
  });

  test.skipIf(!withPostgres)("on Postgres have the declared columns", async () => {
    await using server = await createTestPostgres();
    const opened = await openPostgres({ url: server.url, migrations: migrationsOf(set) });
    await opened.migrate();
    await opened.close();
    const client = postgres(server.url, { max: 1, onnotice: () => {} });
    const rows = await client<
      { table: string; name: string; type: string; nullable: string; initial: unknown }[]
    >`
      select table_name as table, column_name as name, udt_name as type, is_nullable as nullable,
        column_default as initial
      from information_schema.columns where table_schema = 'public' and table_name not like 'kysely%'`;
    await client.end({ timeout: 1 });
    const found = rows.map(({ table, name, type, nullable, initial }) =>
      lineOf(table, { name, type, isNullable: nullable === "YES", hasDefault: initial !== null }),
    );
    expect(found.toSorted()).toEqual([...linesOf(schema, onPostgres)]);
  });
});
