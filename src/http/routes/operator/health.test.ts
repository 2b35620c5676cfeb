import { expect, test } from "bun:test";
import { healthRoutes } from "./health.ts";

const routesWith = (countNotServed: () => Promise<number>) =>
  healthRoutes({
    checks: [{ name: "chunk store", setting: "RONDO_CHUNKS_URL", run: async () => {} }],
    metrics: { text: async () => "", contentType: "text/plain" } as never,
    room: { isLow: () => false },
    countNotServed,
  });

test("if the businesses that are not served can't be counted, /ready still responds with 200", async () => {
  const res = await routesWith(async () => {
    throw new Error("The control database is away.");
  }).request("/ready");
  expect(res.status).toBe(200);
  expect(await res.json()).toMatchObject({ status: "ready", businessesNotServed: null });
});

test("/ready returns the number of businesses that are not served", async () => {
  const res = await routesWith(async () => 3).request("/ready");
  expect(await res.json()).toMatchObject({ status: "ready", businessesNotServed: 3 });
});
