import { afterAll, afterEach, beforeAll, describe, expect, setSystemTime, test } from "bun:test";
import { hasRedis, type RedisServer, startRedisServer } from "../../../testing/servers/redis-server.ts";
import { until } from "../../../testing/until.ts";
import { type BullmqJobQueueOptions, createBullmqJobQueue } from "./queue.ts";
import { jobQueueContract } from "../contract.ts";
import { jobQueueProcessContract } from "../contract-processes.ts";
import { startWorkerProcess } from "../../../testing/servers/queue-worker-process.ts";
import type { Job, JobInput, JobQueue } from "../job-queue.ts";
import { promptMsMax } from "../../../testing/measure/time-limits.ts";

let server: RedisServer;

const durable = ["--appendonly", "yes", "--appendfsync", "always"];
/** Returns a URL with a new key prefix, because most tests share one server. */
const freshUrl = (url = server.url): string => `${url}/?prefix=${crypto.randomUUID()}`;

async function createQueue(
  options: Partial<BullmqJobQueueOptions> = {},
): Promise<JobQueue & AsyncDisposable> {
  const queue = await createBullmqJobQueue({ url: freshUrl(), ...options });
  return { ...queue, [Symbol.asyncDispose]: () => queue.close() };
}

const job = (over: Partial<JobInput> = {}): JobInput => ({
  name: "thing.make",
  data: {},
  businessId: "acme",
  ...over,
});
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (err: { code?: string }) => err.code,
  );

describe.skipIf(!hasRedis)("the BullMQ job queue (skipped where redis-server is missing)", () => {
  beforeAll(async () => {
    server = await startRedisServer(durable);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  jobQueueContract(
    async () => {
      const url = freshUrl();
      const [first, second] = await Promise.all([createQueue({ url }), createQueue({ url })]);
      return {
        first,
        second,
        async [Symbol.asyncDispose]() {
          await Promise.all([first.close(), second.close()]);
        },
      };
    },
    { leaseMs: 1_500 },
  );

  jobQueueProcessContract(async () => {
    const url = freshUrl();
    const queue = await createQueue({ url });
    return {
      queue,
      startProcess: (options) => startWorkerProcess("bullmq", url, options),
      [Symbol.asyncDispose]: () => queue.close(),
    };
  }, 400);

  describe("several processes on one Redis", () => {
    test("a killed worker's run counts towards the limit of its business only until the lease ends", async () => {
      const url = freshUrl();
      await using queue = await createQueue({ url });
      await using victim = startWorkerProcess("bullmq", url, {
        leaseMs: 400,
        workMs: 60_000,
        concurrency: 2,
        perBusiness: 1,
      });
      await queue.add("maintenance", [job({ id: "first" }), job({ id: "second" })]);
      await until("one job runs in the other process, and the other job is set aside", async () => {
        const { active, waiting } = (await queue.counts()).maintenance;
        return victim.said("start ") && active === 1 && waiting === 1;
      });
      victim.kill("SIGKILL");
      const ran: string[] = [];
      const options = { concurrency: 1, leaseMs: 400, concurrencyPerBusiness: 1 };
      queue.work("maintenance", async ({ id }) => void ran.push(id), options);
      await until("both jobs ran", () => ran.length === 2, 10_000);
      expect(ran.toSorted()).toEqual(["first", "second"]);
    }, 60_000);
  });

  describe("fair turns", () => {
    test("delayed jobs of one business that become due together don't hold up another business's jobs", async () => {
      await using queue = await createQueue();
      const many = (businessId: string, count: number, over: Partial<JobInput> = {}) =>
        Array.from({ length: count }, () => job({ businessId, ...over }));
      await queue.add("maintenance", many("big", 300, { delayMs: 300 }));
      await queue.add("maintenance", many("mid", 20));
      await until("all jobs are due", async () => (await queue.counts()).maintenance.delayed === 0);
      const order: string[] = [];
      queue.work("maintenance", async ({ businessId }) => void order.push(businessId), { concurrency: 1 });
      await until(
        "all jobs of the business mid ran",
        () => order.filter((one) => one === "mid").length === 20,
        10_000,
      );
      expect(order.lastIndexOf("mid")).toBeLessThan(60);
    }, 60_000);

    test("turns stay fair when the numbers of turns get too large and are reduced", async () => {
      const url = freshUrl();
      await using queue = await createQueue({ url });
      await queue.add("maintenance", [job({ id: "a1", businessId: "a" })]);
      const { Redis } = await import("ioredis");
      const redis = new Redis(server.url);
      const base = `{${new URL(url).searchParams.get("prefix")}}:maintenance:`;
      await redis.zadd(`${base}prioritized`, 2_050_000 * 2 ** 32 + 1, "a1");
      await redis.hset(`${base}rondo:turns`, "a", 2_050_000);
      const more = (businessId: string) =>
        [1, 2, 3].map((at) => job({ id: `${businessId}${at + 1}`, businessId }));
      await queue.add("maintenance", more("a"));
      await queue.add("maintenance", more("b"));
      const head = await redis.zrange(`${base}prioritized`, "0", "0", "WITHSCORES");
      redis.disconnect();
      expect(Number(head[1]) / 2 ** 32).toBeLessThan(2_000);
      const ran: string[] = [];
      queue.work("maintenance", async ({ id }) => void ran.push(id), { concurrency: 1 });
      await until("all jobs ran", () => ran.length === 7);
      expect(ran).toEqual(["a1", "b2", "a2", "b3", "a3", "b4", "a4"]);
    });
  });

  describe("a clock that was ahead", () => {
    afterEach(() => void setSystemTime());

    test("makes one of many delays too long, and the queue corrects this delay", async () => {
      await using queue = await createQueue();
      const correct = Array.from({ length: 1_100 }, () => job({ delayMs: 3_600_000 }));
      for (let at = 0; at < correct.length; at += 100)
        await queue.add("maintenance", correct.slice(at, at + 100));
      setSystemTime(new Date(Date.now() + 40 * 86_400_000));
      await queue.add("maintenance", [job({ id: "late", delayMs: 200 })]);
      setSystemTime();
      const ran: string[] = [];
      queue.work("maintenance", async ({ id }) => void ran.push(id), { concurrency: 1 });
      await until("the job ran", () => ran.length > 0, 14_000);
      expect(ran).toEqual(["late"]);
      expect((await queue.counts()).maintenance.delayed).toBe(1_100);
    }, 60_000);
  });

  describe("closing", () => {
    test("if a run ignores the forced closing of its worker, another worker runs the job", async () => {
      await using queue = await createQueue({ closeGraceMs: 100 });
      await queue.add("maintenance", [job({ id: "deaf", attempts: 1 })]);
      let started = false;
      const never = async (): Promise<void> => {
        started = true;
        await new Promise(() => {});
      };
      const worker = queue.work("maintenance", never, { concurrency: 1 });
      await until("the job runs", () => started);
      await worker.close({ force: true });
      expect((await queue.list({ id: "deaf" }))[0]).toMatchObject({
        state: "waiting",
        attemptsMade: 0,
        stalls: 0,
      });
      const runs: Job[] = [];
      queue.work("maintenance", async (run) => void runs.push(run), { concurrency: 1 });
      await until("another worker ran the job", () => runs.length === 1);
    });
  });

  describe("faults of Redis", () => {
    test("after an outage of Redis, the same queue and worker run old and new jobs", async () => {
      await using own = await startRedisServer(durable);
      await using queue = await createQueue({ url: own.url, onError: () => {} });
      const ran: string[] = [];
      queue.work("maintenance", async ({ id }) => void ran.push(id), { concurrency: 1, leaseMs: 1_000 });
      await queue.add("maintenance", [job({ id: "before" })]);
      await until("the job ran", () => ran.length === 1);
      await queue.add("maintenance", [job({ id: "kept", delayMs: 500 })]);
      await own.kill();
      const began = performance.now();
      expect(await codeOf(queue.add("maintenance", [job()]))).toBe("UNAVAILABLE");
      expect(performance.now() - began).toBeLessThan(promptMsMax);
      expect(await codeOf(queue.counts())).toBe("UNAVAILABLE");
      await own.start();
      await until("the delayed job has run", () => ran.includes("kept"), 10_000);
      await until(
        "adding works",
        async () => (await codeOf(queue.add("maintenance", [job({ id: "x" })]))) !== "UNAVAILABLE",
      );
      await until("the job ran", () => ran.includes("x"), 10_000);
    }, 60_000);

    test("when a queue is created, a Redis server that evicts keys is refused with a hint", async () => {
      await using own = await startRedisServer(["--maxmemory-policy", "allkeys-lru"]);
      const opening = createBullmqJobQueue({ url: own.url });
      await expect(opening).rejects.toMatchObject({
        code: "CONFIG_INVALID",
        publicMessage: expect.stringContaining("allkeys-lru"),
        hint: expect.stringContaining("noeviction"),
      });
    });

    test("when a queue is created, an unreachable Redis server and a wrong password give different errors", async () => {
      await using own = await startRedisServer(["--requirepass", "right"]);
      const at = (userInfo: string) => own.url.replace("://", `://${userInfo}`);
      expect(await codeOf(createBullmqJobQueue({ url: at(":wrong@"), onError: () => {} }))).toBe(
        "CONFIG_INVALID",
      );
      const queue = await createBullmqJobQueue({ url: at(":right@") });
      await queue.close();
      await own.kill();
      expect(await codeOf(createBullmqJobQueue({ url: own.url, onError: () => {} }))).toBe("UNAVAILABLE");
    });

    test("if the memory of Redis is full, a batch of jobs is refused as a whole", async () => {
      await using own = await startRedisServer(["--maxmemory", "6mb"]);
      await using queue = await createQueue({ url: own.url });
      await queue.add("maintenance", [job({ id: "kept" })]);
      const batch = Array.from({ length: 30 }, () => job({ data: { filling: "x".repeat(30_000) } }));
      const fill = async (): Promise<void> => {
        for (let tries = 0; tries < 20; tries++) await queue.add("maintenance", batch);
      };
      expect(await codeOf(fill())).toBe("STORAGE_FULL");
      const { waiting } = (await queue.counts()).maintenance;
      expect((waiting - 1) % 30).toBe(0);
      expect((await queue.list({ id: "kept" }))[0]?.state).toBe("waiting");
    }, 60_000);
  });

  describe("the ids of jobs", () => {
    test.each(["failed", "wait", "id", "=failed", "rondo"])("a job can have the id %p", async (id) => {
      await using queue = await createQueue();
      expect(await queue.add("maintenance", [job({ id })])).toEqual([{ id, added: true }]);
      expect(await queue.add("maintenance", [job({ id })])).toEqual([{ id, added: false }]);
      const ran: string[] = [];
      queue.work("maintenance", async (run) => void ran.push(run.id), { concurrency: 1 });
      await until("the job ran", () => ran.length === 1);
      expect(ran).toEqual([id]);
    });
  });

  test("completed jobs above the limit are removed, and failed jobs stay", async () => {
    await using queue = await createQueue({ completedMax: 10 });
    await queue.add("maintenance", [
      job({ data: { bad: true } }),
      ...Array.from({ length: 50 }, () => job()),
    ]);
    const handler = async ({ data }: Job): Promise<void> => {
      if (data.bad) throw new Error("bad");
    };
    queue.work("maintenance", handler, { concurrency: 5 });
    await until("all jobs ran", async () => {
      const { waiting, active } = (await queue.counts()).maintenance;
      return waiting + active === 0;
    });
    expect((await queue.counts()).maintenance).toMatchObject({ completed: 10, failed: 1 });
  });

  test("on a Redis cluster, added jobs and scheduled jobs run, and no job runs twice", async () => {
    await using node = await startRedisServer([
      "--cluster-enabled",
      "yes",
      "--cluster-announce-ip",
      "127.0.0.1",
    ]);
    const { Redis } = await import("ioredis");
    const redis = new Redis(node.url);
    await redis.call("cluster", "addslotsrange", 0, 16_383);
    await until("the cluster is ready", async () =>
      String(await redis.call("cluster", "info")).includes("cluster_state:ok"),
    );
    redis.disconnect();
    const url = `${node.url}/?cluster=true`;
    await using queue = await createQueue({ url });
    await using other = await createQueue({ url });
    const ran: string[] = [];
    other.work("maintenance", async ({ id }) => void ran.push(id), {
      concurrency: 2,
      concurrencyPerBusiness: 1,
    });
    await queue.schedule("sweep", "maintenance", 200, job({ name: "orphans.sweep", businessId: "" }));
    await queue.add(
      "maintenance",
      Array.from({ length: 20 }, (_, at) => job({ id: `job-${at}`, businessId: `b${at % 3}` })),
    );
    await until(
      "all jobs ran",
      () => ran.filter((id) => id.startsWith("job-")).length === 20 && ran.length > 21,
      15_000,
    );
    expect(new Set(ran).size).toBe(ran.length);
    expect((await queue.list({ id: "job-3" }))[0]?.state).toBe("completed");
  }, 60_000);
});
