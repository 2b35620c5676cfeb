// Tests the estimated waits of queued generations.
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Updateable } from "kysely";
import type { StartedGeneration } from "./place-generation.ts";
import type { BusinessTables } from "../../businesses/tables/schema.ts";
import type { SqlValue } from "../../ports/database/database.ts";
import { createStudio, type Studio } from "../../testing/studio.ts";
import { findQueuePlace, latestOf } from "./queue-place.ts";

setDefaultTimeout(60_000);

const agoOf = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();

const change = (
  { deps, business }: Studio,
  { requestId }: StartedGeneration,
  row: Updateable<BusinessTables["generations"]>,
): Promise<unknown> =>
  deps.databases.use(business.id, ({ kysely }) =>
    kysely.updateTable("generations").set(row).where("id", "=", requestId).execute(),
  );

const placeOf = ({ deps, business }: Studio, { requestId }: StartedGeneration) =>
  deps.databases.use(business.id, (database) => findQueuePlace(database, requestId));

test("the estimated wait counts every generation that started in the last 30 seconds", async () => {
  await using studio = await createStudio();
  const states = [...Array<"complete">(12).fill("complete"), "failed", "cancelled", "running"] as const;
  for (const [index, state] of states.entries())
    await change(studio, await studio.start(), {
      ...{ state, createdAt: agoOf(120), startedAt: agoOf(29 - index) },
    });
  // These two don't count, because one started earlier, and the other was cancelled before its start.
  await change(studio, await studio.start(), { state: "complete", startedAt: agoOf(40) });
  await change(studio, await studio.start(), { state: "cancelled" });
  const [next, later] = [await studio.start(), await studio.start()];
  for (const waiting of [next, later]) await change(studio, waiting, { createdAt: agoOf(60) });

  expect(await placeOf(studio, next)).toEqual({ place: 1, seconds: 2 });
  expect(await placeOf(studio, later)).toEqual({ place: 2, seconds: 4 });
});

test("the query for recent starts uses an index and does not sort", async () => {
  await using studio = await createStudio();
  const plan = await studio.deps.databases.use(studio.business.id, ({ kysely, explain }) => {
    const { sql, parameters } = latestOf(kysely, "complete").compile();
    return explain(sql, parameters as readonly SqlValue[]);
  });
  expect(plan).toMatchObject({ reach: "lookups", sorts: false });
});
