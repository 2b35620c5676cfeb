// Tests that Rondo serves many businesses on one Postgres server at the same time without an error,
// although this server allows few connections. Postgres reserves three of the connections for
// superusers.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { createSharedDeps } from "../../deps/shared-deps.ts";
import { postgresPrograms, startPostgresServer } from "../../testing/servers/postgres/postgres-server.ts";
import { createTestStores, silentLog } from "../../testing/test-stores.ts";
import { until } from "../../testing/until.ts";

setDefaultTimeout(120_000);

const programs = postgresPrograms();
/**
 * RONDO_TEST_BUSINESSES=200 runs the full test. With 100 businesses or more, the server allows 100
 * connections, as Postgres does by default. With fewer businesses, the server allows 30.
 */
const many = Number(Bun.env.RONDO_TEST_BUSINESSES ?? "24");

describe.skipIf(programs === undefined)("on Postgres (skipped where no server is installed)", () => {
  test(`an API process and a worker use ${many} businesses without using up the server's connections`, async () => {
    const connections = many >= 100 ? 100 : 30;
    await using server = await startPostgresServer(programs, { max_connections: String(connections) });
    await using stores = await createTestStores({
      RONDO_CONTROL_URL: server.adminUrl,
      RONDO_BUSINESS_URL: server.adminUrl,
    });
    const ids: string[] = [];
    for (let made = 0; made < many; made++) ids.push((await stores.createBusiness()).id);
    const worker = await createSharedDeps(stores.config, silentLog, "worker");
    const boss = postgres(server.superuserUrl, { max: 1, onnotice: () => {} });
    let mostConnections = 0;
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        const [row] =
          await boss`select count(*)::int as n from pg_stat_activity where usename <> 'boss' and backend_type = 'client backend'`;
        mostConnections = Math.max(mostConnections, Number(row?.n));
        await Bun.sleep(5);
      }
    })();
    const tookMs: number[] = [];
    const codes: string[] = [];
    const timed = async (deps: Pick<typeof worker, "databases">, id: string) => {
      const startedMs = performance.now();
      await deps.databases
        .use(id, (database) =>
          Promise.all(
            [1, 2, 3].map(() => database.run('select "id" from "users"', [], { timeoutMs: 10_000 })),
          ),
        )
        .catch((err) => codes.push(String(err)));
      tookMs.push(performance.now() - startedMs);
    };
    for (let round = 0; round < 2; round++)
      await Promise.all(ids.flatMap((id) => [timed(stores.deps, id), timed(worker, id)]));
    isOver = true;
    await watching;
    tookMs.sort((a, b) => a - b);
    const at = (share: number) => Math.round(tookMs[Math.floor((tookMs.length - 1) * share)]!);
    console.log(
      `${many} businesses, each used twice by each of two processes: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${mostConnections} of ${connections} connections`,
    );
    expect(codes).toEqual([]);
    expect(mostConnections).toBeLessThanOrEqual(connections - 3);
    await worker.close();
    await until("the worker's connections have ended", async () => {
      const [row] =
        await boss`select count(*)::int as n from pg_stat_activity where usename <> 'boss' and backend_type = 'client backend'`;
      return Number(row?.n) <= connections - 3;
    });
    await boss.end({ timeout: 1 });
  });
});
