// Tests the commands of `rondo generation` and `rondo user`, with which an operator manages generations and users.
import { expect, test } from "bun:test";
import { runRondo } from "../testing/run-rondo.ts";
import { createStudio } from "../testing/studio.ts";

test("an operator can manage generations and users from the command line", async () => {
  await using studio = await createStudio();
  const { slug } = studio.business;
  const rondo = (...args: string[]) => runRondo(studio.stores.config.dataDir, ...args);
  const { requestId } = await studio.start({ prompt: "blue piano" });
  expect(await rondo("generation", "cancel", slug, requestId)).toMatchObject({ code: 0 });
  const listed = await rondo("generation", "list", slug, "--state", "cancelled", "--text", "blue");
  expect(listed.out.split("\t").slice(0, 3)).toEqual([requestId, "cancelled", "alice"]);
  const again = (await rondo("generation", "retry", slug, requestId)).out.trim();
  expect(JSON.parse((await rondo("generation", "show", slug, again)).out)).toMatchObject({
    state: "queued",
    events: [{ type: "queued" }],
  });

  expect((await rondo("user", "list", slug, "--text", "ali")).out).toStartWith("alice\texternal\t");
  expect(JSON.parse((await rondo("user", "export", slug, "alice")).out).tables.tracks).toHaveLength(1);
  expect((await rondo("user", "end-sessions", slug, "alice")).out).toBe("0 sessions ended.\n");
  const erased = await rondo("user", "erase", slug, "alice");
  expect(JSON.parse(erased.out)).toMatchObject({ userId: "alice", trackCount: 1 });
  const missing = await rondo("user", "export", slug, "alice");
  expect([missing.code, missing.err]).toEqual([1, expect.stringContaining("no such user")]);
}, 60_000);

test("rondo generation list also finds a match that is older than 5,000 other generations", async () => {
  await using studio = await createStudio();
  const { business, deps, stores } = studio;
  const { requestId } = await studio.start({ prompt: "blue piano" });
  await deps.databases.use(business.id, async ({ kysely }) => {
    const row = await kysely
      .selectFrom("generations")
      .selectAll()
      .where("id", "=", requestId)
      .executeTakeFirstOrThrow();
    for (let made = 0; made < 5_100; made += 50) {
      const newer = Array.from({ length: 50 }, () => ({
        ...row,
        id: Bun.randomUUIDv7(),
        state: "cancelled" as const,
      }));
      await kysely.insertInto("generations").values(newer).execute();
    }
  });
  const { dataDir } = stores.config;
  const queued = await runRondo(dataDir, "generation", "list", business.slug, "--state", "queued");
  expect(
    queued.out
      .trim()
      .split("\n")
      .map((line) => line.split("\t")[0]),
  ).toEqual([requestId]);
}, 60_000);
