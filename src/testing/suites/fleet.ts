// Defines the tests of fleet migrations, which migrate the databases of all businesses. The tests work for any engine.
import { expect, test } from "bun:test";
import { listBusinessFaults } from "../../businesses/due/business-faults.ts";
import { listSchemas } from "../../businesses/fleet/list-schemas.ts";
import { migrateFleet } from "../../businesses/fleet/migrate-fleet.ts";
import { businessFaultFindings } from "../../doctor/business-fault-findings.ts";
import { createApp } from "../../app.ts";
import { createApiDeps } from "../../deps/api-deps.ts";
import { silentLog } from "../test-stores.ts";
import { createFleetHouse, type FleetHouse, fleetDepsOf, laterName, usualInput } from "./fleet-house.ts";

export const both = ["laterOne", "laterTwo"];
export const tablesOfAll = (house: FleetHouse) => Promise.all(house.businesses.map(house.tablesOf));

export function fleetSuite(environmentOf: () => Promise<Record<string, string>>): void {
  const open = async (size: number) => createFleetHouse(await environmentOf(), size);

  test("the canary is migrated first, and then all other businesses", async () => {
    await using house = await open(6);
    const order: string[] = [];
    const onOutcome = ({ slug }: { slug: string }) => void order.push(slug);
    const report = await migrateFleet({ ...house.deps, onOutcome }, { ...usualInput, canaries: ["fleet-3"] });
    expect(report).toMatchObject({ migrated: 6, current: 0, failed: [], moving: [], left: 0, stopped: null });
    expect(order[0]).toBe("fleet-3");
    expect(await tablesOfAll(house)).toEqual(Array(6).fill(both));
    const states = (await listSchemas(house.deps)).map(({ state, newest }) => [state, newest]);
    expect(states).toEqual(Array(6).fill(["current", laterName]));
    const provisioner = { open: () => Promise.reject(new Error("opened")) };
    expect(await migrateFleet({ ...house.deps, provisioner }, usualInput)).toMatchObject({
      migrated: 0,
      current: 6,
    });
  });

  test("if a canary fails, no other business is migrated", async () => {
    await using house = await open(4);
    await house.breakOne(house.businesses[2]!);
    const report = await migrateFleet(house.deps, { ...usualInput, canaries: ["fleet-2"] });
    expect(report).toMatchObject({ migrated: 0, left: 3, stopped: expect.stringContaining("fleet-2") });
    expect(await tablesOfAll(house)).toEqual(Array(4).fill([]));
  });

  test("if the migration of one business fails, all other businesses are migrated", async () => {
    await using house = await open(5);
    const broken = house.businesses[1]!;
    await house.breakOne(broken);
    const lines: object[] = [];
    const log = { error: (facts: object) => void lines.push(facts) } as typeof silentLog;
    const report = await migrateFleet({ ...house.deps, log }, { ...usualInput, stopAfter: { failures: 2 } });
    expect(report).toMatchObject({ migrated: 4, left: 0, stopped: null });
    expect(report.failed).toEqual([{ slug: "fleet-1", code: "INTERNAL", message: "broken on purpose" }]);
    expect(await tablesOfAll(house)).toEqual([both, [], both, both, both]);
    expect(lines).toMatchObject([{ businessId: broken.id, slug: "fleet-1" }]);
    expect((await listBusinessFaults(house.deps.control)).map(({ slug, kind }) => [slug, kind])).toEqual([
      ["fleet-1", "schema"],
    ]);
    const findings = await businessFaultFindings(house.stores.config);
    expect(findings.map(({ says }) => says)).toEqual([expect.stringContaining("fleet-1")]);
    const api = await createApiDeps(house.stores.config, silentLog);
    const metrics = await (await createApp(api).request("/metrics")).text();
    expect(metrics).toContain('rondo_businesses_failing{work="schema"} 1');
    await api.close();
    const states = (await listSchemas(house.deps)).map(({ state }) => state);
    expect(states.join()).toBe("current,failed,current,current,current");
    await house.repair(broken);
    expect(await migrateFleet(house.deps, usualInput)).toMatchObject({ migrated: 1, current: 4, failed: [] });
    expect(await listBusinessFaults(house.deps.control)).toEqual([]);
  });

  test("the run stops when the share of failed businesses exceeds the limit", async () => {
    await using house = await open(8);
    for (const at of [1, 2, 3]) await house.breakOne(house.businesses[at]!);
    const input = { ...usualInput, parallel: 1, stopAfter: { share: 0.2 } };
    const report = await migrateFleet(house.deps, input);
    expect(report).toMatchObject({
      migrated: 1,
      left: 5,
      stopped: expect.stringContaining("2 businesses of 3"),
    });
    expect((await tablesOfAll(house)).filter((tables) => tables.length > 0)).toHaveLength(1);
  });

  test("two concurrent runs migrate each business only once", async () => {
    await using house = await open(8);
    const other = await fleetDepsOf(house.stores.deps, house.stores.config, house.folder);
    const reports = await Promise.all([house.deps, other].map((deps) => migrateFleet(deps, usualInput)));
    await other.provisioner.close();
    expect(reports.map(({ failed, stopped, left }) => [failed, stopped, left])).toEqual([
      [[], null, 0],
      [[], null, 0],
    ]);
    expect(reports.reduce((sum, { migrated }) => sum + migrated, 0)).toBe(8);
    expect(await tablesOfAll(house)).toEqual(Array(8).fill(both));
  });

  test("a business that is being moved to another engine is not migrated", async () => {
    await using house = await open(3);
    const none = { engine: "sqlite" as const, credentials: null, copied: "[]", holder: "" };
    const times = { heldUntil: new Date(0).toISOString(), changedAt: new Date().toISOString() };
    await house.deps.control.kysely
      .insertInto("businessMoves")
      .values({ businessId: house.businesses[1]!.id, step: "copying", ...none, ...times })
      .execute();
    expect(await migrateFleet(house.deps, usualInput)).toMatchObject({
      migrated: 2,
      moving: ["fleet-1"],
      failed: [],
    });
    expect(await tablesOfAll(house)).toEqual([both, [], both]);
  });

  test("a database that a newer version of Rondo has migrated is refused and not changed", async () => {
    await using house = await open(1);
    await migrateFleet(house.deps, usualInput);
    const { databases, control, schemas } = house.stores.deps;
    const [business] = house.businesses;
    const used = databases.use(business!.id, async () => "served");
    expect(await used.catch((err: unknown) => err)).toMatchObject({
      code: "STORE_NEWER",
      hint: expect.any(String),
    });
    expect((await listSchemas({ control, schemas })).map(({ state }) => state)).toEqual(["ahead"]);
    const earlier = { ...house.deps, schemas, provisioner: house.stores.deps.provisioner };
    const report = await migrateFleet(earlier, { ...usualInput, isAgain: true });
    expect(report.failed).toMatchObject([{ slug: "fleet-0", code: "STORE_NEWER" }]);
    expect(await house.tablesOf(business!)).toEqual(both);
  });
}
