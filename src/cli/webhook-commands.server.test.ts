// Tests the commands of `rondo webhook` and `rondo usage` as an operator runs them.
import { expect, test } from "bun:test";
import { cancelGeneration } from "../generations/cancel-generation.ts";
import { runRondo } from "../testing/run-rondo.ts";
import { createStudio } from "../testing/studio.ts";

test("an operator can manage an endpoint and read the usage from the command line", async () => {
  await using studio = await createStudio();
  const { slug } = studio.business;
  const rondo = async (...args: string[]) => {
    const { code, out, err } = await runRondo(studio.stores.config.dataDir, ...args);
    return { code, out: out.trim(), err: err.trim() };
  };
  const read = async (...args: string[]) => JSON.parse((await rondo(...args, "--json")).out);

  const url = "https://8.8.8.8/events";
  const made = await read("webhook", "create", slug, url, "--events", "generation.cancelled");
  expect(made).toMatchObject({ url, state: "active", events: ["generation.cancelled"] });
  expect(made.secret).toStartWith("whsec_");
  expect((await rondo("webhook", "pause", slug, made.id)).code).toBe(0);
  expect((await rondo("webhook", "list", slug)).out).toBe(
    [made.id, "paused", url, "generation.cancelled"].join("\t"),
  );
  await rondo("webhook", "resume", slug, made.id);
  const rotated = await read("webhook", "rotate", slug, made.id, "--overlap", "1d");
  expect(rotated.secret).not.toBe(made.secret);
  expect((await rondo("webhook", "test", slug, made.id)).out).not.toBe("");
  await cancelGeneration(studio.deps, studio.alice, (await studio.start()).requestId);
  const deliveries = await read("webhook", "deliveries", slug, "--endpoint", made.id, "--state", "pending");
  expect(deliveries.map(({ type }: { type: string }) => type)).toEqual(["generation.cancelled", "ping"]);
  expect((await rondo("webhook", "replay", slug, "--endpoint", made.id)).out).toStartWith("0 deliveries");
  expect((await rondo("webhook", "delete", slug, made.id)).code).toBe(0);
  expect(await read("webhook", "list", slug)).toEqual([]);

  expect(await read("usage", slug, "--by-user", "--user", "alice")).toMatchObject([
    { userId: "alice", generations: 1 },
  ]);
  const [header, row] = (await rondo("usage", slug, "--csv")).out.split("\n");
  expect(header).toBe("day,userId,generations,seconds,storedBytes,servedBytes,queries");
  expect(row).toMatch(/^\d{4}-\d\d-\d\d,,1,/);
  expect(await rondo("usage", slug, "--from", "yesterday")).toMatchObject({
    ...{ code: 1, err: expect.stringContaining("from") },
  });
}, 120_000);
