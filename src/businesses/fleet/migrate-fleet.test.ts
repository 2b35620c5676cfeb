// Tests the migration of all businesses' databases (the fleet) in SQLite files.
import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { both, fleetSuite, tablesOfAll } from "../../testing/suites/fleet.ts";
import { createFleetHouse, fleetDepsOf, usualInput } from "../../testing/suites/fleet-house.ts";
import { until } from "../../testing/until.ts";
import { crashAtEveryStep } from "../../testing/whole/processes/crash-points.ts";
import { createOpenDatabases } from "../databases/open-databases.ts";
import { listBusinessFaults } from "../due/business-faults.ts";
import { listSchemas } from "./list-schemas.ts";
import { migrateFleet } from "./migrate-fleet.ts";
import { isOver, parseStopRule } from "./stop-rule.ts";

setDefaultTimeout(60_000);

fleetSuite(async () => ({}));

test("a migration that is killed at any step can be completed by the next run", async () => {
  await using house = await createFleetHouse({}, 2);
  const { deps: shared, config } = house.stores;
  /**
   * A provisioner remembers which databases it has migrated. Each run stands for a new process, so
   * each run gets a new provisioner.
   */
  const depsWith = (control: typeof shared.control) =>
    fleetDepsOf({ ...shared, control }, config, house.folder, 40);
  const steps = await crashAtEveryStep({
    async prepare() {
      for (const business of house.businesses) await house.undo(business);
    },
    async act(points) {
      const deps = await depsWith(points.database(shared.control));
      const provisioner = points.store(deps.provisioner);
      await migrateFleet({ ...deps, provisioner }, { ...usualInput, parallel: 1 }).finally(
        deps.provisioner.close,
      );
    },
    async recover() {
      for (const tables of await tablesOfAll(house)) expect([[], both]).toContainEqual([...tables]);
      const deps = await depsWith(shared.control);
      await migrateFleet(deps, usualInput).finally(deps.provisioner.close);
    },
    async check() {
      expect(await tablesOfAll(house)).toEqual(Array(2).fill(both));
      const states = (await listSchemas(house.deps)).map(({ state }) => state);
      expect(states.filter((state) => state !== "current")).toEqual([]);
      expect(await listBusinessFaults(shared.control)).toEqual([]);
    },
  });
  expect(steps).toBeGreaterThan(8);
});

test("while a business is migrated, other businesses are served", async () => {
  await using house = await createFleetHouse({}, 2);
  const [slow, other] = house.businesses.map(({ id }) => id) as [string, string];
  const { control, sealing, due, faults } = house.stores.deps;
  const { provisioner, schemas } = house.deps;
  const databases = createOpenDatabases({
    ...{ control, sealing, due, faults, schemas, provisioner },
    waitMs: 200,
  });
  const ask = (id: string) =>
    databases.use(id, async ({ run }) => (await run("select count(*) as n from users", [])).rows[0]);
  const [started, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  globalThis.rondoBetween = () => {
    globalThis.rondoBetween = undefined;
    started.resolve();
    return going.promise;
  };
  const refused = await ask(slow).catch((err: unknown) => err);
  await started.promise;
  expect(refused).toMatchObject({ code: "UNAVAILABLE", hint: expect.any(String), retryAfterSeconds: 5 });
  expect(await ask(other)).toEqual({ n: 0 });
  going.resolve();
  expect(await ask(slow)).toEqual({ n: 0 });
  expect(await tablesOfAll(house)).toEqual([both, both]);
  expect((await listSchemas(house.deps)).map(({ state }) => state)).toEqual(["current", "current"]);
  await databases.close();
});

test("while another connection writes to a database, the migration of this database waits", async () => {
  await using house = await createFleetHouse({}, 1);
  const { file } = await house.credentialsOf(house.businesses[0]!);
  const writer = new Database(file);
  writer.run("begin immediate");
  const running = migrateFleet(house.deps, usualInput);
  await until("the run waits", async () => (await listSchemas(house.deps))[0]?.state === "running");
  writer.run("commit");
  writer.close();
  expect(await running).toMatchObject({ migrated: 1, failed: [] });
});

test("the limit of failures is a number of businesses or a share of the finished businesses", () => {
  expect([parseStopRule("5%"), parseStopRule("2.5%"), parseStopRule("3")]).toEqual([
    { share: 0.05 },
    { share: 0.025 },
    { failures: 3 },
  ]);
  for (const text of ["", "0", "-1", "101%", "2.5", "five", "5%%"])
    expect(() => parseStopRule(text)).toThrow("not valid");
  const of = (failed: number, finished: number, total: number) => ({ failed, finished, total });
  expect(isOver({ share: 0.05 }, of(1, 1, 100))).toBe(false);
  expect(isOver({ share: 0.05 }, of(2, 2, 100))).toBe(true);
  expect(isOver({ share: 0.05 }, of(2, 40, 100))).toBe(false);
  expect(isOver({ share: 0.05 }, of(1, 1, 4))).toBe(true);
  expect(isOver({ share: 1 }, of(4, 4, 4))).toBe(false);
  expect(isOver({ failures: 2 }, of(2, 90, 100))).toBe(true);
});
