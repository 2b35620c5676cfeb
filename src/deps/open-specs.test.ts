// Tests that a server starts only if SQLite accepts every statement of its query specs. If new
// businesses are created on Postgres, Postgres must accept the statements, too.
import { afterAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { businessSchema, type BusinessTables } from "../businesses/tables/schema.ts";
import { isAppError } from "../errors.ts";
import { openSpecs } from "./open-specs.ts";
import { openSqlite } from "../ports/database/sqlite/database.ts";
import { loadSpecs } from "../queries/spec/load-specs.ts";
import { hasPostgres } from "../testing/servers/postgres/postgres-database.ts";
import { startPostgresServer } from "../testing/servers/postgres/postgres-server.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { createTestStores, silentLog, type TestStores } from "../testing/test-stores.ts";
import { until } from "../testing/until.ts";

const spec = (name: string, select: object) => ({
  name,
  summary: "Tries the limits of an engine.",
  method: "GET",
  scope: "user",
  parameters: {},
  tables: ["projects"],
  query: { select: { from: "projects", as: "p", ...select } },
  returns: "many",
});
const fine = spec("projects.fine", { columns: { id: "p.id" } });
/** SQLite refuses this spec, because it joins more than 64 tables. */
const manyJoins = spec("projects.manyJoins", {
  columns: { id: "p.id" },
  joins: Array.from({ length: 70 }, (_, at) => ({
    table: "projects",
    as: `j${at}`,
    on: { column: `j${at}.id`, equals: { column: "p.id" } },
  })),
});
/** Postgres refuses this spec, because it can't compare JSON objects. */
const distinctObjects = spec("projects.distinctObjects", {
  columns: {
    count: {
      count: {
        one: {
          from: "projects",
          as: "o",
          columns: { id: "o.id" },
          where: [{ column: "o.id", equals: { column: "p.id" } }],
          orderBy: [{ by: "o.id" }],
        },
      },
      distinct: true,
    },
  },
});

async function optionsFor(stores: TestStores, dir: string, watch = false) {
  const openScratch = async () => {
    const scratch = await openSqlite<BusinessTables>({ file: ":memory:", migrations: "migrations/business" });
    await scratch.migrate();
    return scratch;
  };
  return { ...stores.deps, dir, watch, openScratch, log: silentLog };
}
const write = (dir: string, content: { name: string }) =>
  writeFileSync(`${dir}/${content.name}.json`, JSON.stringify(content));

test("a server does not start with a statement that SQLite refuses", async () => {
  await using stores = await createTestStores();
  await using directory = await createTemporaryDirectory();
  write(directory.path, fine);
  write(directory.path, manyJoins);
  expect((await loadSpecs({ dir: directory.path, schema: businessSchema })).queries.size).toBe(2);
  for (const watch of [false, true]) {
    const outcome = await openSpecs(await optionsFor(stores, directory.path, watch)).catch((err) => err);
    expect(isAppError(outcome, "SPEC_INVALID")).toBe(true);
    expect(outcome.faults).toMatchObject([
      {
        at: "projects.manyJoins.json#/query",
        message: expect.stringContaining("sqlite refuses the statement"),
      },
    ]);
  }
});

test("if an engine refuses a statement of a changed spec, the changed spec is not served", async () => {
  await using stores = await createTestStores();
  await using directory = await createTemporaryDirectory();
  write(directory.path, fine);
  const logged: unknown[] = [];
  const log = { ...silentLog, error: (entry: unknown) => logged.push(entry) };
  const specs = await openSpecs({ ...(await optionsFor(stores, directory.path, true)), log });
  write(directory.path, manyJoins);
  await until("the fault is logged", () => logged.length > 0);
  expect(JSON.stringify(logged)).toContain("projects.manyJoins.json#/query");
  expect([...specs.current.queries.keys()]).toEqual(["projects.fine"]);
  specs.close();
});

describe.skipIf(!(await hasPostgres()))("with businesses on Postgres", () => {
  const stack = new AsyncDisposableStack();
  afterAll(() => stack.disposeAsync());

  test("a server does not start with a statement that Postgres refuses", async () => {
    const server = stack.use(await startPostgresServer());
    const stores = stack.use(await createTestStores({ RONDO_BUSINESS_URL: server.adminUrl }));
    const directory = stack.use(await createTemporaryDirectory());
    write(directory.path, fine);
    const options = await optionsFor(stores, directory.path);
    const made: string[] = [];
    const provisioner = {
      ...options.provisioner,
      provision(businessId: string) {
        made.push(businessId);
        return options.provisioner.provision(businessId);
      },
    };
    expect((await openSpecs({ ...options, provisioner })).current.queries.size).toBe(1);
    await openSpecs({ ...options, provisioner });
    expect(made).toHaveLength(1);

    write(directory.path, distinctObjects);
    const outcome = await openSpecs({ ...options, provisioner }).catch((err) => err);
    expect(outcome.faults).toMatchObject([
      {
        at: "projects.distinctObjects.json#/query",
        message: expect.stringContaining("postgres refuses the statement"),
      },
    ]);
    const { control } = stores.deps;
    expect(await control.kysely.selectFrom("begunBusinesses").selectAll().execute()).toEqual([]);
  }, 60_000);
});
