// Tests the businesses that developers create in the tests of their own apps.
import { expect, setDefaultTimeout, test } from "bun:test";
import { createTestBusiness } from "rondo/testing";

setDefaultTimeout(60_000);

test("a test gets a business with a key, users and named queries", async () => {
  await using business = await createTestBusiness();
  const alice = await business.user("alice");
  const { item } = await alice.query("projects.create", { name: "First" });
  expect((await alice.query("projects.list")).items).toMatchObject([{ id: item.id, name: "First" }]);
  expect((await business.query("business.users")).items).toMatchObject([{ id: "alice" }]);
  const bob = await business.user();
  expect((await bob.query("projects.list")).items).toEqual([]);
  const me = await alice.fetch("/v1/accounts/me");
  expect(await me.json()).toMatchObject({ userId: "alice", business: business.slug });
  const created = await alice.fetch("/v1/generations", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt: "calm piano", durationSeconds: 10 }),
  });
  expect(created.status).toBe(200);
});

test("a test business can't read the data of another test business", async () => {
  const other = await createTestBusiness();
  const alice = await other.user("alice");
  await alice.query("projects.create", { name: "Theirs" });
  {
    await using business = await createTestBusiness();
    const mine = await business.user("alice");
    expect((await mine.query("projects.list")).items).toEqual([]);
  }
  await other[Symbol.asyncDispose]();
  const refused = await alice.fetch("/v1/queries/projects.list");
  expect(refused.status).toBe(401);
});

test("if a query is refused, the thrown error contains the status and the error code", async () => {
  await using business = await createTestBusiness();
  const failing = business.query("projects.list");
  await expect(failing).rejects.toThrow("projects.list: 403 FORBIDDEN");
});

test("after the first test business, the fastest of thirty others is created in less than 20 ms", async () => {
  await createTestBusiness();
  const times: number[] = [];
  for (let round = 0; round < 30; round += 1) {
    const startedAt = performance.now();
    await createTestBusiness();
    times.push(performance.now() - startedAt);
  }
  const median = times.toSorted((a, b) => a - b)[15]!;
  console.log(`a test business takes ${median.toFixed(1)} ms (median of 30)`);
  expect(Math.min(...times)).toBeLessThan(20);
});
