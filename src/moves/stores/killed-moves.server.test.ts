// Tests `rondo move jobs` and `rondo move control` when they are killed at several points. No job is lost or added
// twice. The former control database stays in use until a later command completes the move.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { longOnly, runsLongTests } from "../../testing/long-tests.ts";
import { createTestPostgres, hasPostgres } from "../../testing/servers/postgres/postgres-database.ts";
import { hasRedis, keepingAll, startRedisServer } from "../../testing/servers/redis-server.ts";
import { createTestStores } from "../../testing/test-stores.ts";
import { until } from "../../testing/until.ts";

setDefaultTimeout(120_000);

const startMove = (environment: Record<string, string>, ...words: string[]) =>
  Bun.spawn([process.execPath, join(import.meta.dirname, "../../cli/main.ts"), "move", ...words, "--json"], {
    env: { PATH: Bun.env.PATH, RONDO_LOG: "silent", ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });

async function outcomeOf(child: ReturnType<typeof startMove>): Promise<Record<string, unknown>> {
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect([await child.exited, err]).toEqual([0, ""]);
  return JSON.parse(out.trim().split("\n").at(-1)!) as Record<string, unknown>;
}

describe.skipIf(!hasRedis || !runsLongTests)(`with Redis ${longOnly}`, () => {
  test("if `rondo move jobs` is killed and repeated, each job is in the new queue exactly once", async () => {
    await using server = await startRedisServer(keepingAll);
    await using stores = await createTestStores();
    const { dataDir } = stores.config;
    const jobOf = (at: number) => ({
      ...{ id: `job-${at}`, name: "thing.make", data: { at }, businessId: `business-${at % 7}` },
      ...(at % 3 === 0 ? { delayMs: 3_600_000 } : {}),
    });
    const ids = Array.from({ length: 600 }, (_, at) => `job-${at}`);
    await stores.deps.jobs.add(
      "upload-input",
      ids.map((_, at) => jobOf(at)),
    );
    const there = {
      RONDO_DATA: dataDir,
      RONDO_QUEUE_URL: server.url,
      RONDO_QUEUE_FROM: `sqlite:${join(dataDir, "jobs.db")}`,
    };
    await using after = await createTestStores({ RONDO_DATA: dataDir, RONDO_QUEUE_URL: server.url });
    const countOf = async ({ deps }: typeof stores) => {
      const { waiting, delayed } = (await deps.jobs.counts())["upload-input"];
      return waiting + delayed;
    };
    for (const share of [0.05, 0.3, 0.6]) {
      const child = startMove(there, "jobs");
      await until("some jobs are moved", async () => (await countOf(after)) > 600 * share, 60_000);
      child.kill("SIGKILL");
      await child.exited;
    }
    expect(await outcomeOf(startMove(there, "jobs"))).toMatchObject({ event: "moved", troubles: [] });
    expect(await countOf(stores)).toBe(0);
    const found = await Promise.all(
      (["waiting", "delayed"] as const).map((state) =>
        after.deps.jobs.list({ queue: "upload-input", state, limit: 1_000 }),
      ),
    );
    expect(
      found
        .flat()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids.toSorted());
  });
});

test.skipIf(!runsLongTests || !(await hasPostgres()))(
  `after a killed move, the former control database is writable again ${longOnly}`,
  async () => {
    await using server = await createTestPostgres();
    await using stores = await createTestStores();
    const { deps, config } = stores;
    const business = await stores.createBusiness("acme");
    const at = new Date().toISOString();
    for (let from = 0; from < 10_000; from += 1_000)
      await deps.control.kysely
        .insertInto("audit")
        .values(
          Array.from({ length: 1_000 }, () => ({
            id: uuidv7(),
            at,
            actor: "test",
            action: "x",
            subject: "y",
          })),
        )
        .execute();
    const move = () => startMove({ RONDO_DATA: config.dataDir }, "control", "--to", server.url, "--replace");
    const made: string[] = [];
    for (const linesBefore of [1, 4, 9]) {
      const child = move();
      let lines = 0;
      for await (const part of child.stdout) {
        lines += Buffer.from(part).toString().split("\n").length - 1;
        if (lines >= linesBefore) break;
      }
      child.kill("SIGKILL");
      await child.exited;
      // If the killed command had paused writes, the pause ends by itself after some seconds.
      await until(
        "a key can be created",
        () =>
          deps.keys.create(business.id, "test", "after a kill").then(
            ({ id }) => made.push(id) > 0,
            () => false,
          ),
        30_000,
      );
    }
    expect(await outcomeOf(move())).toMatchObject({ event: "moved" });
    await expect(deps.keys.create(business.id, "test", "late")).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    await using after = await createTestStores({
      RONDO_CONTROL_URL: server.url,
      RONDO_DATA: config.dataDir,
    });
    const { kysely } = after.deps.control;
    const keys = (await kysely.selectFrom("businessKeys").select("id").execute()).map(({ id }) => id);
    expect(keys.toSorted()).toEqual(made.toSorted());
    const { count } = await kysely
      .selectFrom("audit")
      .select((eb) => eb.fn.countAll<number | string>().as("count"))
      .where("action", "=", "x")
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(10_000);
  },
);
