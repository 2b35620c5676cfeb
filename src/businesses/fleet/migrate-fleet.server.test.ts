// Measures how much processor time the migration of 100 businesses in SQLite files takes.
import { expect, test } from "bun:test";
import { createFleetHouse, usualInput } from "../../testing/suites/fleet-house.ts";
import { migrateFleet } from "./migrate-fleet.ts";

test("100 businesses are migrated with less than 10 s of processor time", async () => {
  await using house = await createFleetHouse({}, 100);
  const before = process.cpuUsage();
  const { migrated, totalMs } = await migrateFleet(house.deps, usualInput);
  const { user, system } = process.cpuUsage(before);
  const processorMs = (user + system) / 1_000;
  console.log(
    `100 SQLite businesses were migrated in ${Math.round(totalMs)} ms, with ${Math.round(processorMs)} ms of processor time`,
  );
  expect(migrated).toBe(100);
  // On a busy machine, the elapsed time includes other work, so only the processor time is checked.
  expect(processorMs).toBeLessThan(10_000);
}, 60_000);
