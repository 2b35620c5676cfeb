// Tests that faulty apps are refused, and that a fault is reported with its file and its position.
// Also tests unusual apps that are valid.
import { expect, setDefaultTimeout, test } from "bun:test";
import Ajv2020 from "ajv/dist/2020";
import { musicApps } from "./fixtures/music-app.ts";
import { tableJsonSchema } from "./tables/table-json-schema.ts";
import { businessSchema } from "../businesses/tables/schema.ts";
import { openScratch } from "../deps/scratch-database.ts";
import { readApp } from "./read-app.ts";
import { proveApp } from "./prove-app.ts";

setDefaultTimeout(60_000);

const table = (name: string, more: object = {}) => ({
  name,
  owner: "userId",
  columns: { body: { type: "text" } },
  ...more,
});
const faultsOf = (document: unknown) =>
  readApp(document, { schema: businessSchema }).faults.map(
    ({ file, at, message }) => `${file}#${at}: ${message}`,
  );
const tablesOnly = (...tables: readonly { readonly name: string }[]) => ({
  format: 1,
  tables: Object.fromEntries(tables.map((one) => [one.name, one])),
});

const deps = { openScratch, rondoQueryNames: async () => ["tracks.list"] };
const noContext = { commonTables: [], commonQueryNames: [] };

async function specFaults(
  querySpecs: Record<string, unknown>,
  ...tables: readonly { readonly name: string }[]
) {
  const { app, faults } = readApp({ ...tablesOnly(...tables), querySpecs }, { schema: businessSchema });
  expect(faults).toEqual([]);
  return (await proveApp(deps, app, noContext)).faults.map(
    ({ file, at, message }) => `${file}#${at}: ${message}`,
  );
}

test.each(["users", "Users", "tracks", "outbox", "appVersions", "appversions"])(
  "a table can't have the name %s, because a table of Rondo has that name",
  (name) => {
    expect(faultsOf(tablesOnly(table(name)))).toHaveLength(1);
  },
);

test.each([
  "usеrs",
  "таблица",
  "表",
  "play lists",
  "play-lists",
  "1plays",
  "Plays",
  "sqlite_x",
  "pg_class",
  "rondoPlays",
  "constructor",
  "toString",
  "__proto__",
  "",
  "a".repeat(31),
  'x"; drop table users; --',
])("%p is not a valid table name", (name) => {
  const [fault = ""] = faultsOf({
    format: 1,
    tables: JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify({ ...table("x"), name })}}`),
  });
  expect(fault).toStartWith(`tables/${name}.json#/name: `);
  const columns = JSON.parse(`{${JSON.stringify(name)}: {"type": "text"}}`);
  const isColumnName = ["rondoPlays", "constructor", "toString", "a".repeat(31)].includes(name);
  expect(faultsOf(tablesOnly(table("plays", { columns }))).length === 0).toBe(isColumnName);
});

const keywords = ["order", "group", "select", "table", "index", "default", "user", "primary", "values"];

test("keywords of SQL can be names of tables and columns", async () => {
  const tables = keywords.map((name) => ({
    ...{ name, owner: "where", unique: [keywords], indexes: [["where", name]] },
    columns: Object.fromEntries(keywords.map((column) => [column, { type: "text", nullable: true }])),
  }));
  const small = tables.map((one) => ({ ...one, unique: [["order", "group"]] }));
  expect(faultsOf(tablesOnly(...small))).toEqual([]);
  const spec = (name: string) => ({
    ...{
      name: `${name}.list`,
      summary: "Lists.",
      method: "GET",
      scope: "user",
      tables: [name],
      returns: "many",
    },
    query: { select: { from: name, columns: { value: `${name}.select` }, orderBy: [{ by: `${name}.id` }] } },
  });
  expect(
    await specFaults(Object.fromEntries(keywords.map((name) => [`${name}.list`, spec(name)])), ...small),
  ).toEqual([]);
});

test("each fault of a table is reported once, with its position in the file", () => {
  const columns = {
    ctid: { type: "text" },
    state: { type: "enum" },
    count: { type: "integer", default: 1.5 },
    price: { type: "decimal", scale: 12 },
    half: { type: "json", default: ["\ud83d"] },
    trackId: { type: "text", references: "tracks" },
    listId: { type: "id", references: "lists", onDelete: "setNull" },
    sessionId: { type: "id", references: "sessions" },
    data: { type: "json" },
    State: { type: "text" },
    unknown: { type: "text", colour: "red" },
  };
  expect(
    faultsOf(tablesOnly(table("plays", { columns, unique: [["data"], ["nope"]], indexes: ["count"] }))),
  ).toEqual([
    'tables/plays.json#/columns/ctid: "ctid" is not a valid name for a column.',
    'tables/plays.json#/columns/state/type: One of id, text, integer, bigint, decimal, float, bytes, date, boolean, timestamp, json is needed here, not "enum".',
    "tables/plays.json#/columns/count/default: A whole number of 32 bits is needed here, not 1.5.",
    "tables/plays.json#/columns/price/scale: A whole number from 0 to 9 is needed here, not 12.",
    "tables/plays.json#/columns/half/default: JSON of at most 1000 characters (without NUL, and without half of a surrogate pair) is needed here, not a list.",
    "tables/plays.json#/columns/trackId/type: A column that refers to a table contains ids of its rows.",
    'tables/plays.json#/columns/listId/onDelete: "setNull" needs a column that may be null.',
    'tables/plays.json#/columns/State: "State" is not a valid name for a column.',
    'tables/plays.json#/columns/unknown/colour: The key "colour" is not allowed here.',
    "tables/plays.json#/unique/0/0: A JSON column can't be in a key or an index.",
    'tables/plays.json#/unique/1/0: The table has no column "nope".',
    'tables/plays.json#/indexes/0: A list of columns is needed here, not "count".',
    'tables/plays.json#/columns/listId/references: There is no table "lists" to refer to.',
    'tables/plays.json#/columns/sessionId/references: There is no table "sessions" to refer to.',
  ]);
});

test("the JSON Schema and `readApp` accept and refuse the same tables", () => {
  const validate = new Ajv2020({ strict: false }).compile(tableJsonSchema);
  const tables = musicApps.flatMap(({ tables: all }) => Object.values(all as object));
  const searched = table("songs", { columns: { title: { type: "text" } }, search: ["title"] });
  expect([validate(searched), faultsOf(tablesOnly(searched))]).toEqual([true, []]);
  expect(tables.map((one) => validate(one))).toEqual(tables.map(() => true));
  for (const wrong of [
    table("Plays"),
    { ...table("plays"), colour: "red" },
    table("plays", { columns: { a: { type: "words" } } }),
    table("plays", { columns: { a: { type: "text", size: 3 } } }),
    table("plays", { unique: ["a"] }),
    table("plays", { search: [] }),
  ]) {
    expect([validate(wrong), faultsOf(tablesOnly(wrong)).length > 0]).toEqual([false, true]);
  }
});

test("an app with an unknown format, too many specs or too large a theme has exactly one fault", () => {
  expect(faultsOf({ format: 2, tables: {} })).toEqual(["app.json#/format: The format of this app is 2."]);
  expect(faultsOf({ tables: {} })).toEqual(['app.json#: "format" is missing.']);
  expect(faultsOf([])).toHaveLength(1);
  const querySpecs = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`plays.list${at}`, {}]));
  expect(faultsOf({ format: 1, querySpecs })).toEqual([
    "app.json#/querySpecs: The app has 10000 query specs.",
  ]);
  expect(faultsOf({ format: 1, theme: { logo: "x".repeat(300_000) } })).toEqual([
    "app.json#/theme: The theme is larger than 262144 bytes.",
  ]);
});

const read = (name: string, from: string, columns: readonly string[], more: object = {}) => ({
  ...{ name, summary: "Lists.", method: "GET", scope: "user", tables: [from], returns: "many", ...more },
  query: {
    select: {
      from,
      columns: Object.fromEntries(columns.map((column) => [column, `${from}.${column}`])),
      orderBy: [{ by: `${from}.id` }],
    },
  },
});

test("a spec can't use a missing table, an internal table, or the name of a query of Rondo", async () => {
  const specs = [
    read("plays.list", "plays", ["gone"]),
    read("others.list", "otherBusinessTable", ["id"]),
    read("secrets.list", "sessions", ["id"]),
    read("tracks.list", "plays", ["body"]),
  ];
  const faults = await specFaults(Object.fromEntries(specs.map((one) => [one.name, one])), table("plays"));
  expect(faults).toEqual([
    'query-specs/plays.list.json#/query/select/columns/gone: The table plays has no column "gone".',
    'query-specs/others.list.json#/query/select/from: There is no table "otherBusinessTable".',
    'query-specs/secrets.list.json#/query/select/from: There is no table "sessions".',
    'query-specs/tracks.list.json#/name: Rondo has a query "tracks.list" already.',
  ]);
});

test("a spec that deletes or scans all rows of a table is refused", async () => {
  const remove = (name: string, where?: object) => ({
    ...{ name, summary: "Deletes.", method: "POST", scope: "business", tables: ["plays"], returns: "many" },
    parameters: where ? { body: { type: "string", maxLength: 100 } } : {},
    query: { delete: { from: "plays", ...(where ? { where } : {}), returning: { id: "plays.id" } } },
  });
  const specs = [
    remove("plays.clear"),
    remove("plays.scan", { column: "plays.body", equals: { param: "body" } }),
  ];
  const faults = await specFaults(Object.fromEntries(specs.map((one) => [one.name, one])), table("plays"));
  expect(faults.map((fault) => fault.split(": ")[0])).toEqual([
    "query-specs/plays.clear.json#/query/delete",
    "query-specs/plays.scan.json#/query",
  ]);
});
