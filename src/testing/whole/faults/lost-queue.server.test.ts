// Tests that each accepted piece is completed even if the queue loses all its jobs.
import { expect, setDefaultTimeout, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { scheduledEveryMs } from "../../../../jobs/schedules.ts";
import { createSharedDeps } from "../../../deps/shared-deps.ts";
import { readConfig } from "../../../config/config.ts";
import { hasRedis, startRedisServer } from "../../servers/redis-server.ts";
import { createRondoClient, type RondoClient, type Started } from "../processes/rondo-client.ts";
import { type RondoProcesses, startRondo } from "../processes/rondo-processes.ts";
import { silentLog } from "../../test-stores.ts";
import { until } from "../../until.ts";

setDefaultTimeout(90_000);

/** Each test starts this number of pieces at the same time. One user can't have more queued and running pieces. */
const pieces = 10;
const startAll = (client: RondoClient, durationSeconds: number): Promise<Started[]> =>
  Promise.all(
    Array.from({ length: pieces }, () => client.start({ prompt: "slow piano", durationSeconds, seed: 7 })),
  );

async function expectAllMade(client: RondoClient, started: readonly Started[]): Promise<void> {
  const ended = await Promise.all(started.map((piece) => client.untilEnded(piece)));
  expect(ended.map(({ state }) => state)).toEqual(started.map(() => "complete"));
  // New pieces are still accepted.
  await client.untilEnded(await client.start({ prompt: "rain", durationSeconds: 10 }));
}

async function jobsOf(rondo: RondoProcesses, environment: Record<string, string>) {
  const deps = await createSharedDeps(
    readConfig({ RONDO_DATA: rondo.dataDir, RONDO_LOG: "silent", ...environment }),
    silentLog,
    "cli",
  );
  try {
    return await deps.jobs.list({ queue: "generation", limit: 1_000 });
  } finally {
    await deps.close();
  }
}

test("if the file of the SQLite queue is lost, every piece is completed after a restart", async () => {
  await using rondo = await startRondo();
  const client = await createRondoClient(rondo.url);
  const started = await startAll(client, 10);
  await Promise.all([rondo.killApi(), rondo.killWorker()]);
  for (const end of ["", "-wal", "-shm"]) await rm(join(rondo.dataDir, `jobs.db${end}`), { force: true });
  await Promise.all([rondo.startApi(), rondo.startWorker()]);
  await expectAllMade(client, started);
  const ids = (await jobsOf(rondo, {})).map(({ id }) => id);
  for (const { requestId } of started)
    expect(ids.filter((id) => id === requestId).length).toBeLessThanOrEqual(1);
});

test.skipIf(!hasRedis)(
  "if Redis restarts without its data, the running processes complete every piece",
  async () => {
    await using redis = await startRedisServer();
    const environment = { RONDO_QUEUE_URL: redis.url };
    await using rondo = await startRondo(environment);
    const client = await createRondoClient(rondo.url);
    const started = await startAll(client, 15);
    await until("one piece is being made", async () =>
      (await Promise.all(started.map((piece) => client.state(piece)))).some(
        ({ state }) => state === "running",
      ),
    );
    await redis.kill();
    await redis.start();
    const looking = new Redis(redis.url);
    await until(
      "the schedules are back",
      async () => (await looking.hlen("{rondo}:schedules")) === Object.keys(scheduledEveryMs).length,
      30_000,
    );
    looking.disconnect();
    await expectAllMade(client, started);
  },
);
