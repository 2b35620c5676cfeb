import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../../testing/until.ts";
import { jobQueueContract } from "../contract.ts";
import { jobQueueProcessContract } from "../contract-processes.ts";
import { startWorkerProcess } from "../../../testing/servers/queue-worker-process.ts";
import type { JobInput, JobQueue } from "../job-queue.ts";
import { createSqliteJobQueue, type SqliteJobQueueOptions } from "./queue.ts";

function createFolder(): Disposable & { readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), "rondo-jobs-"));
  return {
    file: join(folder, "deep", "jobs.db"),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function createQueue(options: SqliteJobQueueOptions): JobQueue & AsyncDisposable {
  const queue = createSqliteJobQueue(options);
  return { ...queue, [Symbol.asyncDispose]: () => queue.close() };
}

const job = (over: Partial<JobInput> = {}): JobInput => ({
  name: "thing.make",
  data: {},
  businessId: "acme",
  ...over,
});

jobQueueContract(
  async () => {
    const folder = createFolder();
    const [first, second] = [createQueue(folder), createQueue(folder)];
    return {
      first,
      second,
      async [Symbol.asyncDispose]() {
        await Promise.all([first.close(), second.close()]);
        folder[Symbol.dispose]();
      },
    };
  },
  { leaseMs: 1_000 },
);

jobQueueProcessContract(async () => {
  const folder = createFolder();
  const queue = createQueue(folder);
  return {
    queue,
    startProcess: (options) => startWorkerProcess("sqlite", folder.file, options),
    async [Symbol.asyncDispose]() {
      await queue.close();
      folder[Symbol.dispose]();
    },
  };
}, 200);

describe("several processes on one file", () => {
  test("after the clock is corrected by a day, interrupted jobs and scheduled jobs run soon", async () => {
    using folder = createFolder();
    {
      await using queue = createQueue(folder);
      await queue.add("maintenance", [job({ id: "survivor" })]);
      await queue.schedule("tick", "maintenance", 300, job({ id: "tick" }));
      await using victim = startWorkerProcess("sqlite", folder.file, {
        leaseMs: 300,
        workMs: 60_000,
        concurrency: 2,
      });
      await until("the job runs in the other process", () => victim.said("start survivor"));
      victim.kill("SIGKILL");
    }
    using file = new Database(folder.file);
    file.run("update jobs set leaseUntilMs = leaseUntilMs + 86400000, createdAtMs = createdAtMs + 86400000");
    file.run("update schedules set nextAtMs = nextAtMs + 86400000");
    await using queue = createQueue(folder);
    const runs: string[] = [];
    queue.work("maintenance", async (run) => void runs.push(run.id), { concurrency: 2 });
    await until("the job ran in this process", () => runs.includes("survivor"));
    await until("the scheduled job ran, too", () => runs.length > 2);
  }, 60_000);

  test("a job that is added in one process usually starts in another process within 50 ms", async () => {
    using folder = createFolder();
    await using queue = createQueue(folder);
    await using other = startWorkerProcess("sqlite", folder.file);
    await until("the other process is ready", () => other.said("ready"));
    const waits: number[] = [];
    for (let index = 0; index < 30; index++) {
      const addedAt = Date.now();
      await queue.add("maintenance", [job({ id: `quick-${index}` })]);
      await until("the job ended", () => other.said(`end quick-${index}`));
      const line = other.lines.find((one) => one.startsWith(`start quick-${index} `))!;
      waits.push(Number(line.split(" ")[2]) - addedAt);
    }
    const median = waits.toSorted((a, b) => a - b)[15]!;
    expect(median).toBeLessThanOrEqual(50);
  }, 60_000);
});

describe("the file", () => {
  test("completed jobs and the times of schedules survive a restart", async () => {
    using folder = createFolder();
    {
      await using queue = createQueue(folder);
      await queue.add("maintenance", [job({ id: "kept" })]);
      await queue.schedule("sweep", "maintenance", 3_600_000, job({ name: "orphans.sweep" }));
      const names: string[] = [];
      queue.work("maintenance", async (run) => void names.push(run.name), { concurrency: 1 });
      await until("both jobs ran", () => names.length === 2);
    }
    await using queue = createQueue(folder);
    await queue.schedule("sweep", "maintenance", 3_600_000, job({ name: "orphans.sweep" }));
    await queue.add("maintenance", [job({ id: "last" })]);
    const names: string[] = [];
    queue.work("maintenance", async (run) => void names.push(run.name), { concurrency: 1 });
    await until("the last job has run", async () => (await queue.counts()).maintenance.completed === 3);
    expect(names).toEqual(["thing.make"]);
  });

  test("most completed jobs beyond the limit are removed, and a failed job is kept", async () => {
    using folder = createFolder();
    await using queue = createQueue({ ...folder, completedMax: 10 });
    await queue.add("maintenance", [
      job({ id: "bad", data: { bad: true } }),
      ...Array.from({ length: 450 }, () => job()),
    ]);
    const worker = queue.work(
      "maintenance",
      async ({ data }) => {
        if (data.bad) throw new Error("bad");
      },
      { concurrency: 10 },
    );
    await until("all jobs ran", async () => (await queue.counts()).maintenance.waiting === 0);
    await worker.close();
    const { completed, failed } = (await queue.counts()).maintenance;
    expect(completed).toBeLessThan(250);
    expect(failed).toBe(1);
  });

  test("if the disk is full, a new job is refused with STORAGE_FULL", async () => {
    using folder = createFolder();
    await using queue = createQueue({ ...folder, fileBytesMax: 512 * 1024 });
    const big = { filling: "x".repeat(30_000) };
    let stored = 0;
    const fill = async (): Promise<void> => {
      for (; stored < 100; stored++) await queue.add("maintenance", [job({ data: big })]);
    };
    await expect(fill()).rejects.toMatchObject({ code: "STORAGE_FULL" });
    expect(stored).toBeGreaterThan(3);
    await queue.close();
    await using roomy = createQueue({ file: folder.file });
    const ran: string[] = [];
    roomy.work("maintenance", async (run) => void ran.push(run.id), { concurrency: 2 });
    await until("the jobs ran", () => ran.length === stored);
  });

  test("if a batch of jobs does not fit on the disk, no job is added", async () => {
    using folder = createFolder();
    await using queue = createQueue({ ...folder, fileBytesMax: 512 * 1024 });
    const batch = Array.from({ length: 50 }, () => job({ data: { filling: "x".repeat(30_000) } }));
    await expect(queue.add("maintenance", batch)).rejects.toMatchObject({ code: "STORAGE_FULL" });
    expect((await queue.counts()).maintenance.waiting).toBe(0);
  });

  test("a file that was made by a newer version is refused", () => {
    using folder = createFolder();
    void createSqliteJobQueue(folder).close();
    const db = new Database(folder.file);
    db.run("pragma user_version = 999");
    db.close();
    expect(() => createSqliteJobQueue(folder)).toThrow("newer");
  });

  test("after an error of background work, the queue continues when the cause is gone", async () => {
    using folder = createFolder();
    const errors: unknown[] = [];
    await using queue = createQueue({ ...folder, onError: (err) => errors.push(err) });
    const ran: string[] = [];
    const db = new Database(folder.file);
    db.run("alter table turns rename to elsewhere");
    queue.work("maintenance", async (run) => void ran.push(run.id), { concurrency: 1 });
    await until("an error is reported", () => errors.length > 0);
    db.run("alter table elsewhere rename to turns");
    await queue.add("maintenance", [job({ id: "after" })]);
    await until("the job ran", () => ran.length === 1);
    db.close();
  });
});
