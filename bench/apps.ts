// Measures how long it takes to apply an app of ten tables with 40 or 500 query specs, and to load the specs:
// `bun bench/apps.ts [postgres://admin@host/database]`.
import { performance } from "node:perf_hooks";
import { applyApp } from "../src/apps/apply-app.ts";
import { createBusinessSpecs } from "../src/apps/business-specs.ts";
import { createAppDeps } from "../src/deps/app-deps.ts";
import { createTestStores, silentLog } from "../src/testing/test-stores.ts";

const [postgresUrl] = process.argv.slice(2);

const tables = Object.fromEntries(
  Array.from({ length: 10 }, (_, at) => {
    const name = `table${at}`;
    const columns = {
      trackId: { type: "id", references: "tracks" },
      title: { type: "text" },
      count: { type: "integer", default: 0 },
      changedAt: { type: "timestamp", nullable: true },
    };
    return [
      name,
      { name, owner: "userId", columns, unique: [["userId", "title"]], indexes: [["userId", "count"]] },
    ];
  }),
);

function appWith(specCount: number): unknown {
  const querySpecs = Object.fromEntries(
    Array.from({ length: specCount }, (_, at) => {
      const [table, name] = [`table${at % 10}`, `table${at % 10}.list${at}`];
      const columns = { id: `${table}.id`, title: `${table}.title`, track: "tracks.title" };
      const spec = {
        ...{
          name,
          summary: "Lists.",
          method: "GET",
          scope: "user",
          tables: [table, "tracks"],
          returns: "page",
        },
        parameters: { search: { type: "string", maxLength: 100, optional: true } },
        query: {
          select: {
            from: table,
            joins: [{ table: "tracks", on: { column: "tracks.id", equals: { column: `${table}.trackId` } } }],
            columns,
            where: [{ ifGiven: "search", column: `${table}.title`, contains: { param: "search" } }],
            orderBy: [{ by: `${table}.count`, direction: "desc" }, { by: `${table}.id` }],
          },
        },
      };
      return [name, spec];
    }),
  );
  return { format: 1, tables, querySpecs };
}

const since = (startedAt: number): string => `${Math.round(performance.now() - startedAt)} ms`;

async function measure(engine: string, environment: Record<string, string>): Promise<void> {
  await using stores = await createTestStores(environment);
  const deps = createAppDeps(stores.deps);
  const base = {
    current: {
      queries: new Map(),
      get: () => {
        throw new Error("not used");
      },
    },
    close() {},
  };
  const specs = createBusinessSpecs(base, silentLog);
  // The first app that a process applies takes the longest, so the app of 40 specs is measured
  // twice.
  for (const count of [40, 40, 500]) {
    const { id, slug } = await stores.createBusiness();
    const startedAt = performance.now();
    await applyApp(deps, "bench", { slug, bundle: appWith(count) });
    console.log(`${engine}: 10 tables and ${count} specs applied in ${since(startedAt)}`);
    const loadedAt = performance.now();
    const set = await stores.deps.databases.use(id, (database) => specs.of(id, database));
    console.log(`${engine}: ${set.queries.size} specs loaded in ${since(loadedAt)}`);
  }
}

await measure("SQLite", {});
if (postgresUrl !== undefined)
  await measure("Postgres", { RONDO_CONTROL_URL: postgresUrl, RONDO_BUSINESS_URL: postgresUrl });
process.exit(0);
