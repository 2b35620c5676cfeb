// Kills processes that are applying an app, at different moments. Tests that the business then has
// either the complete former version or the complete new version.
import { describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  createPostgresDatabase,
  postgresPrograms,
  startPostgresServer,
} from "../testing/servers/postgres/postgres-server.ts";
import { createTemporaryDirectory } from "../testing/temporary-directory.ts";
import { businessSchema } from "../businesses/tables/schema.ts";
import { ownTablesOf } from "./app-versions.ts";
import { type AppHouse, createAppHouse } from "./fixtures/app-house.ts";
import { musicApps } from "./fixtures/music-app.ts";
import { searchTableOf } from "../ports/database/search-index.ts";

const rows = 20_000;
const kills = 8;

async function writeFolder(folder: string, app: Readonly<Record<string, unknown>>): Promise<string> {
  for (const [name, files] of [
    ["tables", app.tables],
    ["query-specs", app.querySpecs],
  ] as const) {
    await mkdir(join(folder, name), { recursive: true });
    for (const [file, content] of Object.entries(files as object))
      await Bun.write(join(folder, name, `${file}.json`), JSON.stringify(content));
  }
  return folder;
}

/**
 * Compares the tables in the database with the declared tables of the stored version. `differing` are declared tables
 * that are missing in the database, or that have other columns there. `leftovers` are tables in the database that are
 * neither declared nor Rondo's own.
 */
const stateOf = (house: AppHouse, businessId: string) =>
  house.deps.databases.use(businessId, async ({ kysely }) => {
    const own = await ownTablesOf(kysely);
    const real = await kysely.introspection.getTables();
    const columnsOf = (table: { readonly columns: readonly { readonly name: string }[] } | undefined) =>
      table?.columns
        .map(({ name }) => name)
        .toSorted()
        .join();
    const { count } = await kysely
      .selectFrom("notes" as "projects")
      .select((eb) => eb.fn.countAll<number | string>().as("count"))
      .executeTakeFirstOrThrow();
    const known = [...Object.keys(businessSchema), ...own.map(({ name }) => name)];
    const isKnown = (name: string) =>
      known.some((table) => name === table || name.startsWith(searchTableOf(table)));
    return {
      version: own.some(({ name }) => name === "plays") ? "old" : "new",
      notes: Number(count),
      differing: own.filter(
        (table) => columnsOf(real.find(({ name }) => name === table.name)) !== columnsOf(table),
      ),
      leftovers: real.map(({ name }) => name).filter((name) => !isKnown(name)),
    };
  });

async function checkKills(environment: Record<string, string>): Promise<void> {
  await using directory = await createTemporaryDirectory();
  await using house = await createAppHouse(environment);
  const acme = await house.createBusiness("acme");
  await house.tokenOf(acme, "alice");
  await house.put("acme", musicApps[0]);
  await house.deps.databases.use(acme.id, async ({ kysely }) => {
    for (let at = 0; at < rows; at += 2_000) {
      const values = Array.from({ length: 2_000 }, (_, index) => ({
        id: `n${at + index}`,
        userId: "alice",
        body: "text ".repeat(20),
      }));
      await kysely
        .insertInto("notes" as "projects")
        .values(values as never)
        .execute();
    }
  });
  const widened = structuredClone(musicApps[1]) as {
    tables: Record<string, { columns: Record<string, object> }>;
  };
  widened.tables.notes!.columns.body = { type: "text", nullable: true };
  const folders = [
    await writeFolder(join(directory.path, "old"), musicApps[0]!),
    await writeFolder(join(directory.path, "new"), widened),
  ];
  const { dataDir } = house.studio.stores.config;
  const start = (folder: string) =>
    Bun.spawn(
      [
        process.execPath,
        join(import.meta.dir, "../cli/main.ts"),
        "business",
        "apply",
        "acme",
        folder,
        "--allow-loss",
      ],
      {
        env: { ...process.env, ...environment, RONDO_DATA: dataDir, RONDO_LOG: "silent" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
  const startedAt = performance.now();
  const first = start(folders[1]!);
  expect([await first.exited, await new Response(first.stderr).text()]).toEqual([0, ""]);
  const wholeMs = performance.now() - startedAt;
  const whole = { notes: rows, differing: [], leftovers: [] };
  expect(await stateOf(house, acme.id)).toEqual({ version: "new", ...whole });
  for (let kill = 0; kill < kills; kill += 1) {
    const { version } = await stateOf(house, acme.id);
    const child = start(folders[version === "old" ? 1 : 0]!);
    // The start of the process takes more than half of `wholeMs`. So the kills are spread over the
    // time from 55 % to 99 % of `wholeMs`, in which the process should be applying the app.
    const timer = setTimeout(() => child.kill("SIGKILL"), wholeMs * (0.55 + (0.5 * kill) / kills));
    await child.exited;
    clearTimeout(timer);
    expect(await stateOf(house, acme.id)).toEqual({ version: expect.any(String), ...whole });
  }
}

describe("a killed process has applied an app either completely or not at all", () => {
  test("on SQLite", () => checkKills({}), 300_000);

  const programs = postgresPrograms();
  test.skipIf(programs === undefined)(
    "on Postgres (skipped where no server is installed)",
    async () => {
      await using server = await startPostgresServer(programs);
      const url = await createPostgresDatabase(server);
      await checkKills({ RONDO_CONTROL_URL: url, RONDO_BUSINESS_URL: url });
    },
    300_000,
  );
});
