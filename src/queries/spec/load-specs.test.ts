// Tests the rules for specs, and the reports of their faults. Each fault is reported with its position.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BusinessTables, businessSchema } from "../../businesses/tables/schema.ts";
import { isAppError } from "../../errors.ts";
import { openSqlite } from "../../ports/database/sqlite/database.ts";
import { businessMigrations } from "../fixtures/engines.ts";
import { shelfSchema } from "../fixtures/shelf-data.ts";
import { loadSpecs, proveSpecs, type SpecFile } from "./load-specs.ts";

const whole = {
  name: "books.some",
  summary: "Some books.",
  method: "GET",
  scope: "user",
  tables: ["books"],
  query: { select: { from: "books", as: "b", columns: { id: "b.id" }, orderBy: [{ by: "b.title" }] } },
  returns: "many",
};
const fileOf = (content: unknown): SpecFile => ({
  file: "books.some.json",
  text: typeof content === "string" ? content : JSON.stringify(content),
});
const faultsOf = (content: unknown) => proveSpecs([fileOf(content)], shelfSchema).faults;
const select = (body: object) => ({ ...whole, query: { select: { ...whole.query.select, ...body } } });
const where = (condition: unknown, parameters?: object) => ({ ...select({ where: condition }), parameters });
const text = { type: "string" };

test("no fault is reported for a valid spec", () => {
  expect(faultsOf(whole)).toEqual([]);
});

test("a join of a wrong kind causes only one fault", () => {
  const on = { column: "s.id", equals: { column: "b.shelfId" } };
  const joins = [{ table: "shelves", as: "s", kind: "lef", on }];
  const spec = {
    ...select({ joins, columns: { id: "b.id", shelf: "s.name" } }),
    tables: ["books", "shelves"],
  };
  expect(faultsOf(spec)).toEqual([
    {
      file: "books.some.json",
      at: "/query/select/joins/0/kind",
      message: 'One of inner, left is needed here, not "lef".',
    },
  ]);
});

/** The fault, the spec, the reported position, and a pattern for the reported message and hint. */
type Faulty = readonly [string, unknown, string, RegExp];

const faulty: readonly Faulty[] = [
  ["text that is not JSON", "{", "", /not valid JSON/],
  [
    "a number that would lose digits",
    JSON.stringify(where({ column: "b.pages", lessThan: 1.5 })).replace("1.5", "9007199254740993"),
    "/query/select/where/lessThan",
    /can't be represented exactly/,
  ],
  ["a repeated key", '{"name":"a.b","name":"a.c"}', "", /"name" is repeated/],
  ["a list in place of a spec", [], "", /object/],
  ["an unknown key", { ...whole, metod: "GET" }, "/metod", /Did you mean method/],
  ["a missing key", { ...whole, scope: undefined }, "", /"scope" is missing/],
  [
    "a name that differs from the name of the file",
    { ...whole, name: "books.other" },
    "/name",
    /books\.other\.json/,
  ],
  ["an invalid name", { ...whole, name: "Books" }, "/name", /entity\.verb/],
  ["an unknown method", { ...whole, method: "PUT" }, "/method", /GET, POST/],
  ["a read with the method POST", { ...whole, method: "POST" }, "/method", /GET/],
  [
    "an unknown table",
    { ...whole, query: { select: { from: "boks", columns: { id: "id" } } } },
    "/query/select/from",
    /Did you mean books/,
  ],
  [
    "an unknown column",
    select({ columns: { id: "b.titel" } }),
    "/query/select/columns/id",
    /Did you mean title/,
  ],
  [
    "an order by the name of a result column",
    select({ columns: { length: { length: "b.title" } }, orderBy: [{ by: "length", direction: "desc" }] }),
    "/query/select/orderBy/0/by",
    /"length" is the name of a result column.*Write its expression instead: \{"length":"b.title"\}/,
  ],
  [
    "a table that is not visible",
    select({ columns: { id: "c.id" } }),
    "/query/select/columns/id",
    /table "c"/,
  ],
  [
    "an alias that begins with a digit",
    select({ joins: [{ table: "shelves", as: "1b", on: [] }] }),
    "/query/select/joins/0/table",
    /31 letters and digits, and begin with a letter/,
  ],
  [
    "the same alias twice",
    select({ joins: [{ table: "shelves", as: "b", on: [] }] }),
    "/query/select/joins/0/as",
    /already/,
  ],
  [
    'a used table that "tables" does not list',
    {
      ...select({
        joins: [{ table: "shelves", as: "s", on: { column: "s.id", equals: { column: "b.shelfId" } } }],
      }),
    },
    "/tables",
    /Add "shelves"/,
  ],
  ["a listed but unused table", { ...whole, tables: ["books", "shelves"] }, "/tables/1", /does not use/],
  [
    "a parameter that is not declared",
    where({ column: "b.title", equals: { param: "title" } }),
    "/query/select/where/equals/param",
    /not declared/,
  ],
  [
    "a parameter that is not used",
    { ...whole, parameters: { title: text } },
    "/parameters/title",
    /not used/,
  ],
  [
    "an unknown type of parameter",
    { ...whole, parameters: { title: { type: "text" } } },
    "/parameters/title/type",
    /string/,
  ],
  [
    "a pattern that can't be matched in linear time",
    { ...whole, parameters: { title: { type: "string", pattern: "^(a+)\\1$" } } },
    "/parameters/title/pattern",
    /linear time/,
  ],
  [
    "a default that is longer than maxLength",
    { ...whole, parameters: { title: { type: "string", maxLength: 2, default: "long" } } },
    "/parameters/title/default",
    /at most 2/,
  ],
  ...(
    [
      ["a text", { type: "string", minLength: 9, maxLength: 8 }, "maxLength", /8, .*less than "minLength"/],
      ["a text without a maximum", { type: "string", minLength: 2_000 }, "maxLength", /1000/],
      ["an id", { type: "string", format: "id", minLength: 200 }, "maxLength", /128/],
      ["a list", { type: "array", items: text, minItems: 9, maxItems: 8 }, "maxItems", /8, .*"minItems"/],
      ["a list without a maximum", { type: "array", items: text, minItems: 200 }, "maxItems", /100/],
      ["a number", { type: "number", minimum: 9, maximum: 8 }, "maximum", /8, .*less than "minimum"/],
    ] as const
  ).map(([what, shape, key, told]): Faulty => [
    `${what} whose maximum is less than its minimum`,
    where({ column: "b.title", equals: { param: "given" } }, { given: shape }),
    `/parameters/given/${key}`,
    told,
  ]),
  [
    "a parameter that the engine already defines",
    { ...where({ column: "b.title", equals: { param: "after" } }, { after: text }), returns: "page" },
    "/parameters/after",
    /engine already defines/,
  ],
  [
    "an optional parameter without ifGiven",
    where({ column: "b.title", equals: { param: "title" } }, { title: { ...text, optional: true } }),
    "/query/select/where/equals/param",
    /ifGiven/,
  ],
  [
    "ifGiven of a parameter that always has a value",
    where({ ifGiven: "title", column: "b.title", equals: { param: "title" } }, { title: text }),
    "/query/select/where/ifGiven",
    /always has a value/,
  ],
  [
    "a case without a branch in a condition",
    where({ expression: { case: [] }, equals: 1 }),
    "/query/select/where/expression/case",
    /at least one branch/,
  ],
  [
    "a case without a branch in the columns",
    select({ columns: { id: "b.id", title: { case: [] } } }),
    "/query/select/columns/title/case",
    /at least one branch/,
  ],
  ...[
    [{ ifGiven: "title", column: "b.title", equals: { param: "title" } }],
    { not: { ifGiven: "title", column: "b.title", equals: { param: "title" } } },
  ].map((hidden): Faulty => [
    `"ifGiven" nested in a branch of "or", as ${JSON.stringify(hidden)}`,
    where({ or: [{ column: "b.title", isNull: true }, hidden] }, { title: { ...text, optional: true } }),
    "/query/select/where/or",
    /must not have "ifGiven"/,
  ]),
  ...[
    { ifGiven: "title", column: "o.title", equals: { param: "title" } },
    { not: { ifGiven: "title", column: "o.title", equals: { param: "title" } } },
    [
      { column: "o.id", equals: { column: "b.id" } },
      { not: [{ ifGiven: "title", column: "o.title", equals: { param: "title" } }] },
    ],
  ].map((on): Faulty => [
    `a join with ifGiven, as ${JSON.stringify(on)}`,
    {
      ...select({ from: "books", as: "b", joins: [{ table: "books", as: "o", on }] }),
      parameters: { title: { ...text, optional: true } },
    },
    "/query/select/joins/0/on",
    /may be left out/,
  ]),
  [
    '"ifGiven" on a branch of "or"',
    where(
      {
        or: [
          { column: "b.title", isNull: true },
          { ifGiven: "title", column: "b.title", equals: { param: "title" } },
        ],
      },
      { title: { ...text, optional: true } },
    ),
    "/query/select/where/or",
    /whole "or"/,
  ],
  [
    "a text column compared with a number",
    where({ column: "b.title", equals: 7 }),
    "/query/select/where/equals",
    /7/,
  ],
  [
    'a text that is not wrapped in {"value": …}',
    where({ column: "b.title", equals: "x" }),
    "/query/select/where/equals",
    /\{"value": "x"\}/,
  ],
  [
    "a comparison with null",
    where({ column: "b.pages", equals: null }),
    "/query/select/where/equals",
    /isNull/,
  ],
  ["a misspelt comparison", where({ column: "b.pages", equal: 7 }), "/query/select/where", /equals/],
  [
    "two comparisons in one condition",
    where({ column: "b.pages", atLeast: 7, atMost: 9 }),
    "/query/select/where",
    /one comparison/,
  ],
  [
    "a parameter whose maximum is too large for its column",
    where({ column: "b.pages", equals: { param: "n" } }, { n: { type: "integer", maximum: 5e9 } }),
    "/query/select/where/equals",
    /larger than its column/,
  ],
  [
    "an aggregate in a condition",
    where({ expression: { count: "*" }, atLeast: 1 }),
    "/query/select/where/expression",
    /having/,
  ],
  [
    "a column beside an aggregate without groupBy",
    select({ columns: { id: "b.id", n: { count: "*" } } }),
    "/query/select/columns/id",
    /groupBy/,
  ],
  [
    "a having without groupBy or an aggregate",
    select({ having: { column: "b.id", isNull: false } }),
    "/query/select/having",
    /where/,
  ],
  [
    "a sum of text",
    select({ columns: { n: { sum: "b.title" } }, orderBy: undefined }),
    "/query/select/columns/n/sum",
    /text/,
  ],
  [
    "a page of groups",
    { ...select({ columns: { n: { count: "*" } }, orderBy: undefined }), returns: "page" },
    "/query/select",
    /groups/,
  ],
  [
    "a page ordered by a nullable column",
    { ...select({ orderBy: [{ by: "b.pages" }] }), returns: "page" },
    "/query/select/orderBy",
    /coalesce/,
  ],
  ["a limit above the guard maxRows", select({ limit: 5_000 }), "/query/select/limit", /maxRows/],
  [
    "a timeoutMs above the maximum of 30,000",
    { ...whole, guards: { timeoutMs: 1e9 } },
    "/guards/timeoutMs",
    /30000/,
  ],
  [
    "children that are nested three levels deep",
    select({
      columns: {
        a: {
          many: {
            from: "books",
            as: "c",
            columns: {
              d: {
                many: {
                  from: "books",
                  as: "e",
                  columns: { f: { many: { from: "books", as: "g", columns: { id: "g.id" } } } },
                },
              },
            },
          },
        },
      },
    }),
    "/query/select/columns/a/many/columns/d/many/columns/f/many",
    /2 deep/,
  ],
  [
    "a default order without a direction",
    select({ orderBy: { choices: { title: "b.title" }, default: "title" } }),
    "/query/select/orderBy/default",
    /title\.asc/,
  ],
  [
    "an invalid expression",
    select({ columns: { id: { colum: "b.id" } } }),
    "/query/select/columns/id",
    /Did you mean column/,
  ],
  [
    "SQL in place of a column",
    select({ columns: { id: "b.id; drop table books" } }),
    "/query/select/columns/id",
    /no column/,
  ],
  [
    "a write with the method GET",
    { ...whole, query: { delete: { from: "books", where: [], returning: { id: "id" } } } },
    "/method",
    /POST/,
  ],
  [
    'a write without "returning"',
    { ...whole, method: "POST", query: { delete: { from: "books", where: [] } } },
    "/query",
    /returning/,
  ],
  [
    "a coalesce with a fraction, as the value of a column of whole numbers,",
    {
      ...whole,
      method: "POST",
      parameters: { id: text, part: { type: "number" } },
      query: {
        update: {
          table: "books",
          set: { pages: { coalesce: ["pages", { param: "part" }] } },
          where: { column: "id", equals: { param: "id" } },
          returning: { id: "id" },
        },
      },
    },
    "/query/update/set/pages",
    /whole numbers/,
  ],
  [
    'an update without "where"',
    {
      ...whole,
      method: "POST",
      query: { update: { table: "books", set: { title: { value: "x" } }, returning: { id: "id" } } },
    },
    "/query/update",
    /"where" is missing/,
  ],
  [
    "null as the value of a column that is not nullable",
    {
      ...whole,
      method: "POST",
      query: {
        update: { table: "books", set: { title: { value: null } }, where: [], returning: { id: "id" } },
      },
    },
    "/query/update/set/title",
    /can't be null/,
  ],
  [
    "an insert without an id",
    {
      ...whole,
      method: "POST",
      query: { insert: { into: "books", values: { title: { value: "x" } }, returning: { id: "id" } } },
    },
    "/query/insert/values",
    /newId/,
  ],
  [
    "a reference to a step that does not exist",
    {
      ...whole,
      method: "POST",
      query: {
        steps: [
          {
            name: "a",
            update: {
              table: "books",
              set: { title: { step: "b", column: "id" } },
              where: [],
              returning: { id: "id" },
            },
          },
        ],
      },
    },
    "/query/steps/0/update/set/title/step",
    /No earlier step/,
  ],
];

for (const [what, content, at, told] of faulty) {
  test(`${what} is reported at ${at === "" ? "the top" : at}`, () => {
    const faults = faultsOf(content);
    const there = faults
      .filter((fault) => fault.at === at)
      .map(({ message, hint = "" }) => `${message} ${hint}`);
    if (!there.some((words) => told.test(words)))
      expect(faults).toEqual([{ file: "books.some.json", at, message: String(told) }]);
  });
}

test("only the fault itself is reported, not the faults that follow from it", () => {
  const step = (name: unknown, from: string) => ({ name, select: { from, columns: { id: "id" } } });
  const write = {
    name: "last",
    update: {
      table: "books",
      set: { title: { step: "first", column: "id" } },
      where: { column: "id", equals: { value: "x" } },
    },
  };
  const faultsAt = (steps: readonly unknown[]) =>
    faultsOf({ ...whole, method: "POST", returns: "many", query: { steps } }).map(({ at }) => at);
  expect(faultsAt([step("first", "boks")])).toEqual(["/query/steps/0/select/from"]);
  expect(faultsAt([step(undefined, "books")])).toEqual(["/query/steps/0/name"]);
  expect(faultsAt([step("first", "boks"), write])).toEqual(["/query/steps/0/select/from"]);
  const [fault, ...more] = faultsOf(
    where({ column: "b.title", equals: { expression: { param: "title" } } }, { title: text }),
  );
  expect(fault).toMatchObject({ at: "/query/select/where/equals", hint: expect.stringContaining("Leave") });
  expect(more).toEqual([]);
});

test("the error for wrong spec files contains every fault of every file", async () => {
  const dir = mkdtempSync(join(tmpdir(), "rondo-specs-"));
  writeFileSync(
    join(dir, "a.b.json"),
    JSON.stringify({ ...whole, name: "a.b", tables: ["nothing"], method: "PATCH" }),
  );
  writeFileSync(join(dir, "c.d.json"), "not json");
  writeFileSync(join(dir, "books.some.json"), JSON.stringify(whole));
  const outcome = await loadSpecs({ dir, schema: shelfSchema }).catch((err: unknown) => err);
  rmSync(dir, { recursive: true });
  expect(isAppError(outcome, "SPEC_INVALID")).toBe(true);
  const { publicMessage, faults } = outcome as { publicMessage: string; faults: { at: string }[] };
  expect(publicMessage).toBe(`The query specs have ${faults.length} faults.`);
  expect(new Set(faults.map(({ at }) => at.split("#")[0]))).toEqual(new Set(["a.b.json", "c.d.json"]));
  expect(faults.map(({ at }) => at)).toContain("a.b.json#/method");
});

test("two specs with the same name cause a fault", () => {
  const { faults } = proveSpecs([fileOf(whole), fileOf(whole)], shelfSchema);
  expect(faults).toMatchObject([
    { at: "/name", message: '"books.some" is already defined in books.some.json.' },
  ]);
});

test("the product's specs are valid for a migrated database", async () => {
  const proveOn = await openSqlite<BusinessTables>({ file: ":memory:", migrations: businessMigrations });
  await proveOn.migrate();
  const set = await loadSpecs({ dir: "query-specs", schema: businessSchema, proveOn });
  expect(set.queries.size).toBeGreaterThanOrEqual(20);
  await proveOn.close();
});

test("faults that only the database can reveal are reported", async () => {
  const proveOn = await openSqlite<BusinessTables>({ file: ":memory:", migrations: businessMigrations });
  await proveOn.migrate();
  const dir = mkdtempSync(join(tmpdir(), "rondo-specs-"));
  const write = (name: string, query: object) =>
    writeFileSync(
      join(dir, `${name}.json`),
      JSON.stringify({
        name,
        summary: "Tries.",
        method: "POST",
        scope: "business",
        tables: ["projects"],
        query,
        returns: "many",
      }),
    );
  const values = { id: { newId: true }, userId: { value: "x" }, name: { value: "x" } };
  write("projects.bare", { insert: { into: "projects", values, returning: { id: "id" } } });
  write("projects.byName", {
    update: {
      table: "projects",
      set: { name: { value: "x" } },
      where: { column: "name", equals: { value: "y" } },
      returning: { id: "id" },
    },
  });
  const { projects, ...rest } = businessSchema;
  const schema = {
    ...rest,
    projects: { ...projects, columns: { ...projects.columns, colour: { type: "text" } } },
  } as const;
  const outcome = await loadSpecs({ dir, schema, proveOn }).catch((err: unknown) => err);
  rmSync(dir, { recursive: true });
  await proveOn.close();
  const { faults } = outcome as { faults: { at: string; message: string }[] };
  const text = faults.map(({ at, message }) => `${at}: ${message}`).join("\n");
  expect(text).toContain("no column projects.colour");
  expect(text).toContain("projects.createdAt needs a value");
  expect(text).toContain("projects.byName.json#/query: A write has to find its rows by an index");
});

test("500 specs are checked in less than five seconds", () => {
  const files = Array.from({ length: 500 }, (_, at): SpecFile => {
    const name = `books.some${at}`;
    const body = where(
      [
        { ifGiven: "a", column: "b.title", contains: { param: "a" } },
        { column: "b.pages", atLeast: { param: "n" } },
      ],
      { a: { ...text, optional: true }, n: { type: "integer", default: 0 } },
    );
    return { file: `${name}.json`, text: JSON.stringify({ ...body, name }) };
  });
  const startedAt = performance.now();
  const { queries, faults } = proveSpecs(files, shelfSchema);
  const tookMs = performance.now() - startedAt;
  expect(faults).toEqual([]);
  expect(queries).toHaveLength(500);
  expect(tookMs).toBeLessThan(5_000);
});
