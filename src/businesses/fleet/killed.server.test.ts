// Tests the migration of the databases of all businesses in two cases: the process that migrates is
// killed with SIGKILL, and two processes migrate at the same time. Both cases are tested on SQLite
// files and on Postgres.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  createPostgresDatabase,
  type PostgresServer,
  postgresPrograms,
  startPostgresServer,
} from "../../testing/servers/postgres/postgres-server.ts";
import { both, tablesOfAll } from "../../testing/suites/fleet.ts";
import { createFleetHouse, type FleetHouse, usualInput } from "../../testing/suites/fleet-house.ts";
import { spawnProcess } from "../../testing/whole/processes/spawned-process.ts";
import { listSchemas } from "./list-schemas.ts";
import { migrateFleet } from "./migrate-fleet.ts";

setDefaultTimeout(180_000);

const program = "src/businesses/fleet/fixtures/migrate-process.ts";
const masterKey = Buffer.alloc(32, 5).toString("base64");

const startRun = (
  house: FleetHouse,
  environment: Record<string, string>,
  waitAt: number,
  startedWhen: RegExp,
) =>
  spawnProcess({
    file: program,
    arguments: [house.folder, String(waitAt)],
    directory: house.stores.config.dataDir,
    environment: { RONDO_DATA: house.stores.config.dataDir, ...environment },
    startedWhen,
  });

async function killWithin(environment: Record<string, string>): Promise<void> {
  await using house = await createFleetHouse(environment, 3);
  const killed = await startRun(house, environment, 2, /within 2/);
  const during = (await listSchemas(house.deps)).map(({ state }) => state);
  expect(during.filter((state) => state === "running")).toHaveLength(1);
  await killed.end("SIGKILL");
  const after = await tablesOfAll(house);
  expect(after.filter((tables) => tables.length === 2)).toHaveLength(1);
  expect(after.filter((tables) => tables.length === 0)).toHaveLength(2);
  expect(await migrateFleet(house.deps, usualInput)).toMatchObject({ migrated: 2, current: 1, failed: [] });
  expect(await tablesOfAll(house)).toEqual([both, both, both]);
}

async function runTwice(environment: Record<string, string>): Promise<void> {
  await using house = await createFleetHouse(environment, 6);
  const runs = await Promise.all([1, 2].map(() => startRun(house, environment, 0, /ended/)));
  const migrations = runs.flatMap((run) => run.output().match(/within \d/g) ?? []);
  expect(migrations).toHaveLength(6);
  expect(await tablesOfAll(house)).toEqual(Array(6).fill(both));
}

test("if a process is killed during the migration of SQLite files, the next run completes the migration", () =>
  killWithin({}));
test("two concurrent processes migrate each SQLite file once", () => runTwice({}));

const programs = postgresPrograms();

describe.skipIf(programs === undefined)("on Postgres (skipped where no server is installed)", () => {
  let server: PostgresServer;
  const environment = async () => ({
    RONDO_CONTROL_URL: await createPostgresDatabase(server),
    RONDO_BUSINESS_URL: server.adminUrl,
    RONDO_MASTER_KEY: masterKey,
  });
  beforeAll(async () => {
    server = await startPostgresServer(programs);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test("if a process is killed during a migration, the next run completes the migration", async () =>
    killWithin(await environment()));
  test("two concurrent processes migrate each database once", async () => runTwice(await environment()));
});
