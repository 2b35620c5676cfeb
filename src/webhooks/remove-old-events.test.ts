// Tests that old webhook events are removed, also in a business in which nothing happens any more.
import { expect, test } from "bun:test";
import { sweepGenerations } from "../generations/sweep-generations.ts";
import { purgeExpired } from "../library/trash/purge-expired.ts";
import { createStudio, noSignal } from "../testing/studio.ts";
import { createEndpoint } from "./endpoints.ts";

const dayMs = 86_400_000;

test("a webhook event is removed 30 days after the end of its last delivery", async () => {
  await using studio = await createStudio();
  const { business } = studio;
  const { deps } = studio.stores;
  const startMs = Date.now();
  const at = (days: number) => new Date(startMs + days * dayMs).toISOString();
  const endpoint = await createEndpoint(deps, business, { url: "https://8.8.8.8/events" });
  await deps.databases.use(business.id, (database) =>
    database.promising(["generations"], async (trx) => {
      for (const [id, finishedAt] of [
        ["old", at(-1)],
        ["delivered late", at(5)],
      ] as const) {
        await trx
          .insertInto("webhookEvents")
          .values({ id, type: "generation.complete", data: "{}", createdAt: at(-2) })
          .execute();
        await trx
          .insertInto("webhookDeliveries")
          .values({
            ...{
              id,
              eventId: id,
              endpointId: endpoint.id,
              state: "delivered",
              attempts: 1,
              round: 0,
              tries: "[]",
            },
            ...{ nextAttemptAt: at(0), createdAt: at(0), finishedAt },
          })
          .execute();
      }
    }),
  );
  const eventsAfter = async (days: number): Promise<readonly string[]> => {
    await purgeExpired(deps, noSignal, startMs + days * dayMs);
    const rows = await deps.databases.use(business.id, ({ kysely }) =>
      kysely.selectFrom("webhookEvents").select("id").orderBy("id").execute(),
    );
    return rows.map(({ id }) => id);
  };
  await sweepGenerations({ ...deps, streams: deps.chunkStore }, noSignal, startMs);
  expect(await eventsAfter(0)).toEqual(["delivered late", "old"]);
  expect(await eventsAfter(28.5)).toEqual(["delivered late", "old"]);
  expect(await eventsAfter(29.5)).toEqual(["delivered late"]);
  expect(await eventsAfter(36)).toEqual([]);
  const marks = await deps.control.kysely
    .selectFrom("dueWork")
    .select("businessId")
    .where("kind", "=", "trash")
    .execute();
  expect(marks).toEqual([]);
});

test("an old event is also removed while another delivery is pending", async () => {
  await using studio = await createStudio();
  const { business } = studio;
  const { deps } = studio.stores;
  const startMs = Date.now();
  const at = (days: number) => new Date(startMs + days * dayMs).toISOString();
  const endpoint = await createEndpoint(deps, business, { url: "https://8.8.8.8/events" });
  await deps.databases.use(business.id, (database) =>
    database.promising(["generations"], async (trx) => {
      for (const [id, createdAt, state] of [
        ["old", at(-31), "delivered"],
        ["pending", at(-1), "pending"],
      ] as const) {
        await trx
          .insertInto("webhookEvents")
          .values({ id, type: "generation.complete", data: "{}", createdAt })
          .execute();
        await trx
          .insertInto("webhookDeliveries")
          .values({
            ...{ id, eventId: id, endpointId: endpoint.id, state, attempts: 1, round: 0, tries: "[]" },
            ...{ nextAttemptAt: at(1), createdAt, finishedAt: state === "pending" ? null : createdAt },
          })
          .execute();
      }
    }),
  );
  await sweepGenerations({ ...deps, streams: deps.chunkStore }, noSignal, startMs);
  const events = await deps.databases.use(business.id, ({ kysely }) =>
    kysely.selectFrom("webhookEvents").select("id").execute(),
  );
  expect(events).toEqual([{ id: "pending" }]);
});
