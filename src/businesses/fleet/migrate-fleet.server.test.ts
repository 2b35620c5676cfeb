// Measures the migration of many businesses in SQLite files.

import { expect, test } from "bun:test";
import { createFleetHouse, usualInput } from "../../testing/suites/fleet-house.ts";
import { migrateFleet } from "./migrate-fleet.ts";

test("100 businesses are migrated in under 5 s", async () => {
  await using house = await createFleetHouse({}, 100);
  const { migrated, totalMs } = await migrateFleet(house.deps, usualInput);
  console.log(`100 SQLite businesses were migrated in ${Math.round(totalMs)} ms`);
  expect(migrated).toBe(100);
  expect(totalMs).toBeLessThan(5_000);
}, 60_000);
