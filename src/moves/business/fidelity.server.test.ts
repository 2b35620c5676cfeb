// Tests that every kind of value survives the move from SQLite to Postgres and back. Also tests which values a move
// refuses. The programs sqlite3 and psql read the values for the comparison.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { Database as Sqlite } from "bun:sqlite";
import { join } from "node:path";
import postgres from "postgres";
import { isAppError } from "../../errors.ts";
import { openPostgresCopy } from "../../ports/database/postgres/copy/copy.ts";
import { openPostgres } from "../../ports/database/postgres/database.ts";
import { openSqliteCopy } from "../../ports/database/sqlite/copy/copy.ts";
import { openSqlite } from "../../ports/database/sqlite/database.ts";
import type { TableCopy } from "../../ports/database/table-copy.ts";
import {
  createTestPostgres,
  hasPostgres,
  type TestPostgres,
} from "../../testing/servers/postgres/postgres-database.ts";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { copyTable } from "./copy/copy-table.ts";
import { matchTables } from "./copy/match-tables.ts";

setDefaultTimeout(60_000);
const migrations = join(import.meta.dirname, "fixtures/migrations");
const columns = `"id", "select", "MixedCase", "small", "big", "at", "note", "bytes", "real", "price", "fee", "day", "exact"`;

const manyLetters = "é😀\t\\N\n".repeat(200_000);
const values: readonly (readonly unknown[])[] = [
  [
    "plain",
    "text",
    1,
    1,
    2,
    "2026-11-29T10:00:00.123Z",
    `{"a": 1}`,
    new Uint8Array([0, 1, 255]),
    0.1,
    "12.5",
    1250n,
    "2026-11-29",
  ],
  ["nulls", null, 0, null, null, null, null, null, null, null, null, null],
  ["empty", "", 0, 0, 0, "1970-01-01T00:00:00.000Z", `""`, new Uint8Array(0), 0, "0", 0, "0001-01-01"],
  [
    "past",
    "\\N",
    1,
    -2147483648,
    -9223372036854775808n,
    "0001-01-01T00:00:00.001Z",
    "null",
    null,
    -1e300,
    "-0.001",
    -999999999999999999n,
    null,
  ],
  [
    "future",
    "NULL",
    1,
    2147483647,
    9223372036854775807n,
    "9999-12-31T23:59:59.999Z",
    "[]",
    null,
    5e-324,
    null,
    999999999999999999n,
    "9999-12-31",
  ],
  [
    "2038",
    "\t\n\r\b\f\v\\",
    0,
    null,
    9007199254740993n,
    "2038-01-19T03:14:08.500Z",
    null,
    null,
    1 / 3,
    null,
    -5n,
    null,
  ],
  [
    "json",
    null,
    1,
    null,
    null,
    null,
    `{ "b":1.00000000000000000001,"a" : 12345678901234567890, "a":2 }`,
    null,
    null,
    null,
    null,
    null,
  ],
  [
    "emoji 👩‍👩‍👧‍👦",
    "\u{fffd} \u00e9 e\u0301 \u2028",
    1,
    null,
    null,
    null,
    `"😀\\u0000"`,
    null,
    null,
    "123456789012345678901234567890.123456789",
    null,
    null,
  ],
  ["long", manyLetters, 1, null, null, null, null, new Uint8Array(300_000).fill(7), null, null, null, null],
];

/** Instants with microseconds, by the id of the row that contains the instant. */
const instants: Readonly<Record<string, string>> = {
  plain: "2026-11-29T10:00:00.123456Z",
  past: "1883-11-18T12:03:58.000001Z",
  future: "9999-12-31T23:59:59.999999Z",
  "2038": "2038-01-19T03:14:08.123450Z",
  nulls: "1969-12-31T23:59:59.999999Z",
};

describe.skipIf(!(await hasPostgres()))(
  "between SQLite and Postgres (skipped where no Postgres is installed),",
  () => {
    let directory: Awaited<ReturnType<typeof createTemporaryDirectory>>;
    let server: TestPostgres;
    let file: string;
    let db: Sqlite;
    let sqlite: TableCopy;
    let pg: TableCopy;

    beforeAll(async () => {
      directory = await createTemporaryDirectory();
      server = await createTestPostgres();
      file = join(directory.path, "business.db");
      for (const database of [
        await openSqlite({ file, migrations }),
        await openPostgres({ url: server.url, migrations }),
      ]) {
        await database.migrate();
        await database.close();
      }
      db = new Sqlite(file, { strict: true });
      const insert = db.prepare(
        `insert into "Order" (${columns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      );
      for (const row of values) insert.run(...([...row, instants[String(row[0])] ?? null] as never[]));
      db.run(`insert into "group" values ('plain', 1, null), ('plain', 2, 'Parent'), ('long', 1, 'parent')`);
      sqlite = openSqliteCopy(file);
      pg = openPostgresCopy(server.url);
    });
    afterAll(async () => {
      await sqlite.close();
      await pg.close();
      db.close();
      await server[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    });

    async function copyAll(from: TableCopy, to: TableCopy): Promise<readonly string[]> {
      const tables = await matchTables(from, to);
      await to.writer.prepare();
      for (const table of tables) await copyTable({ from, to }, table);
      for (const table of tables) await to.writer.index(table);
      await to.writer.enforce(tables);
      await to.writer.validate();
      return tables.map(({ name }) => name);
    }

    const output = async (...command: string[]): Promise<string> => {
      const child = Bun.spawn(command, { stdout: "pipe", stderr: "inherit" });
      const text = await new Response(child.stdout).text();
      expect(await child.exited).toBe(0);
      return text;
    };

    test("a move to Postgres changes no value, as sqlite3 and psql show", async () => {
      expect(await copyAll(sqlite, pg)).toEqual(["Order", "group"]);
      const fields = (hex: (column: string) => string) =>
        `select "id" || '|' || coalesce(${hex('"select"')}, 'null') || '|' || coalesce("small", -1) || '|' || coalesce("big", -1) || '|' ||
        coalesce(${hex('"note"')}, 'null') || '|' || coalesce("price", 'null') from "Order" order by "id"`;
      const ofSqlite = await output(
        "sqlite3",
        file,
        fields((column) => `case when ${column} is not null then lower(hex(${column})) end`),
      );
      const ofPostgres = await output(
        "psql",
        server.url,
        "-Atc",
        fields((column) => `encode(convert_to(${column}::text, 'UTF8'), 'hex')`)
          .replace('coalesce("price"', 'coalesce("price"::text')
          .replace('order by "id"', 'order by "id" collate "C"'),
      );
      expect(ofPostgres).toBe(ofSqlite);
      const kinds = await output(
        "psql",
        server.url,
        "-Atc",
        `select "id", "MixedCase", "at", encode("bytes", 'hex'), "fee", "day", "exact" from "Order" where "id" in ('plain', 'past', 'future') order by "id"`,
      );
      expect(kinds).toBe(
        [
          "future|t|9999-12-31 23:59:59.999+00||9999999999999999.99|9999-12-31|9999-12-31 23:59:59.999999+00",
          "past|t|0001-01-01 00:00:00.001+00||-9999999999999999.99||1883-11-18 12:03:58.000001+00",
          "plain|t|2026-11-29 10:00:00.123+00|0001ff|12.50|2026-11-29|2026-11-29 10:00:00.123456+00\n",
        ].join("\n"),
      );
    });

    test("a move to Postgres keeps the columns, types, constraints, keys and indexes of the tables", async () => {
      const admin = postgres(server.url, { max: 1 });
      const rows = await admin`select column_name as name, data_type as type, is_nullable as nullable
      from information_schema.columns where table_name = 'Order' order by ordinal_position`;
      expect(rows.map(({ name, type, nullable }) => [name, type, nullable]).slice(0, 7)).toEqual([
        ["id", "text", "NO"],
        ["select", "text", "YES"],
        ["MixedCase", "boolean", "NO"],
        ["small", "integer", "YES"],
        ["big", "bigint", "YES"],
        ["at", "timestamp with time zone", "YES"],
        ["note", "json", "YES"],
      ]);
      // Postgres 18 also lists NOT NULL constraints (type n), and older versions don't.
      const made =
        await admin`select conname as name from pg_constraint where conrelid = '"group"'::regclass and convalidated and contype <> 'n'
      union select indexname from pg_indexes where tablename = 'group' order by 1`;
      expect(made.map(({ name }) => name)).toEqual(["group_by_parent", "group_key", "group_orderId_fkey"]);
      await admin.end();
    });

    test("after a move back to SQLite, every value has the same bytes as before", async () => {
      const back = join(directory.path, "back.db");
      const fresh = await openSqlite({ file: back, migrations });
      await fresh.migrate();
      await fresh.close();
      const target = openSqliteCopy(back);
      await copyAll(pg, target);
      await target.close();
      const dump = (path: string) =>
        output(
          "sqlite3",
          path,
          `select ${columns.replaceAll(/"(\w+)"/g, 'quote("$1")')} from "Order" order by "id"; select * from "group" order by 1, 2`,
        );
      expect(await dump(back)).toBe(await dump(file));
    });

    for (const value of ["infinity", "0044-03-15 12:00:00+00 BC"])
      test(`a move to SQLite refuses the instant ${value} and names its table, row and column`, async () => {
        const admin = postgres(server.url, { max: 1 });
        await admin`insert into "Order" ("id", "MixedCase", "exact") values ('bad', true, ${value}::text::timestamptz)`;
        try {
          const [table] = await matchTables(pg, sqlite);
          const err = await copyTable({ from: pg, to: sqlite }, table!).catch((cause: unknown) => cause);
          expect(isAppError(err, "INVALID_PARAMETER")).toBe(true);
          expect((err as Error).message).toContain(
            'Table "Order", row id = bad: the column "exact" has an instant outside of the years 0001 to 9999',
          );
        } finally {
          await admin`delete from "Order" where "id" = 'bad'`;
          await admin.end();
        }
      });

    const refusals: readonly (readonly [string, string, unknown, string])[] = [
      [
        "a NUL character",
        "select",
        "a\0b",
        'Table "Order", row id = bad: the column "select" contains a NUL character',
      ],
      ["a boolean of 2", "MixedCase", 2, 'the column "MixedCase" contains a value other than 0 and 1'],
      ["an instant without a zone", "at", "2026-01-01 00:00:00", 'the column "at" is not an instant in UTC'],
      [
        "an instant with microseconds in a column of milliseconds",
        "at",
        "2026-01-01T00:00:00.000001Z",
        "more than 3 digits",
      ],
      ["an instant with nanoseconds", "exact", "2026-01-01T00:00:00.0000001Z", "more than 6 digits"],
      [
        "a day that doesn't exist",
        "day",
        "2026-02-30",
        'row id = bad: the column "day" is refused by Postgres',
      ],
      [
        "a NUL character in JSON",
        "note",
        '"a\0b"',
        'row id = bad: the column "note" contains a NUL character',
      ],
      ["text in an integer", "big", "many", 'the column "big" contains a value that is not a whole number'],
      ["text that is not JSON", "note", "{", 'row id = bad: the column "note" is refused by Postgres'],
      [
        "an integer beyond 32 bits",
        "small",
        2 ** 40,
        'row id = bad: the column "small" is refused by Postgres',
      ],
      [
        "bytes that are not UTF-8",
        "select",
        new Uint8Array([0xff, 0x41]),
        'the column "select" contains bytes',
      ],
    ];
    for (const [what, column, value, message] of refusals)
      test(`a move to Postgres refuses ${what} and adds no rows to the table`, async () => {
        const stored = value instanceof Uint8Array ? `cast(?1 as text)` : "?1";
        db.query(`insert into "Order" ("id", "MixedCase") values ('bad', 1)`).run();
        db.query(`update "Order" set "${column}" = ${stored} where "id" = 'bad'`).run(value as never);
        try {
          const tables = await matchTables(sqlite, pg);
          await pg.writer.prepare();
          const before = await pg.reader.count(tables[0]!);
          const err = await copyTable({ from: sqlite, to: pg }, tables[0]!).catch((cause: unknown) => cause);
          expect(isAppError(err, "INVALID_PARAMETER")).toBe(true);
          expect((err as Error).message).toContain(message);
          expect(await pg.reader.count(tables[0]!)).toBe(before);
        } finally {
          db.query(`delete from "Order" where "id" = 'bad'`).run();
        }
      });

    test("a row in SQLite that refers to a missing row is reported", async () => {
      db.run("pragma foreign_keys = off");
      db.run(`insert into "group" values ('nobody', 1, null)`);
      expect(await sqlite.reader.brokenReference()).toContain(
        'a row of "group" refers to a missing row of "Order"',
      );
      db.run(`delete from "group" where "orderId" = 'nobody'`);
      expect(await sqlite.reader.brokenReference()).toBeUndefined();
    });
  },
);
