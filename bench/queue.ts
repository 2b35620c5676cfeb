// Compares the job queues: jobs per second with two worker processes, latencies, and the processor
// time of an idle worker. Run on Linux: bun bench/queue.ts [jobs] [sqlite|bullmq]. `jobs` is the number of jobs with
// which the throughput is measured. The latencies are measured with 300 jobs. For BullMQ, the benchmark starts a Redis
// server that syncs its append-only file at each write.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBullmqJobQueue } from "../src/ports/job-queue/bullmq/queue.ts";
import type { JobInput, JobQueue } from "../src/ports/job-queue/job-queue.ts";
import { createSqliteJobQueue } from "../src/ports/job-queue/sqlite/queue.ts";
import { startRedisServer } from "../src/testing/servers/redis-server.ts";

const scriptOf = (name: string): string =>
  new URL(`../src/ports/job-queue/${name}/process.ts`, import.meta.url).pathname;

interface Store {
  open(): Promise<JobQueue>;
  /** The arguments that start a worker of the queue in another process. The caller appends the concurrency. */
  readonly worker: readonly string[];
}

interface Started {
  readonly id: string;
  readonly atMs: number;
}

/** Starts a worker in another process. `started` grows with each job that the worker starts. */
function startWorker(store: Store, concurrency: number) {
  const child = Bun.spawn([process.execPath, ...store.worker, String(concurrency)], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const started: Started[] = [];
  const ready = Promise.withResolvers<void>();
  const read = (async () => {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const bytes of child.stdout) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [what, id = "", atMs] = line.split(" ");
        if (what === "ready") ready.resolve();
        if (what === "start") started.push({ id, atMs: Number(atMs) });
      }
    }
  })();
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await child.exited;
    await read;
  };
  return { child, started, ready: ready.promise, stop };
}

const job = (id: string, businessId = "acme"): JobInput => ({ name: "thing.make", data: {}, businessId, id });
const quantile = (values: readonly number[], at: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))] ?? Number.NaN;

const stores: Record<string, (measure: (store: Store) => Promise<void>) => Promise<void>> = {
  async sqlite(measure) {
    const folder = mkdtempSync(join(tmpdir(), "rondo-bench-"));
    const file = join(folder, "jobs.db");
    const open = async (): Promise<JobQueue> => createSqliteJobQueue({ file });
    await measure({ open, worker: [scriptOf("sqlite"), file] }).finally(() =>
      rmSync(folder, { recursive: true }),
    );
  },
  async bullmq(measure) {
    await using server = await startRedisServer(["--appendonly", "yes", "--appendfsync", "always"]);
    const { url } = server;
    await measure({ open: () => createBullmqJobQueue({ url }), worker: [scriptOf("bullmq"), url] });
  },
};

async function measureThroughput(store: Store, jobs: number): Promise<void> {
  const queue = await store.open();
  let began = performance.now();
  for (let from = 0; from < jobs; from += 1_000) {
    const batch = Array.from({ length: Math.min(1_000, jobs - from) }, (_, at) =>
      job(`job-${from + at}`, `business-${at % 20}`),
    );
    await queue.add("maintenance", batch);
  }
  const addSeconds = (performance.now() - began) / 1_000;
  const workers = [startWorker(store, 10), startWorker(store, 10)];
  await Promise.all(workers.map(({ ready }) => ready));
  began = performance.now();
  const before = (await queue.counts()).maintenance.waiting;
  let left = before;
  while (left > 0) {
    await Bun.sleep(20);
    const counts = (await queue.counts()).maintenance;
    left = counts.waiting + counts.active;
  }
  const seconds = (performance.now() - began) / 1_000;
  await Promise.all(workers.map(({ stop }) => stop()));
  await queue.close();
  const ids = workers.flatMap(({ started }) => started.map(({ id }) => id));
  console.log(`added in batches of 1,000: ${Math.round(jobs / addSeconds)} jobs/s`);
  console.log(`with two processes, 10 jobs at once in each: ${Math.round(before / seconds)} jobs/s`);
  console.log(`${ids.length} runs of ${new Set(ids).size} different jobs; ${jobs} were added`);
}

async function measureLatency(store: Store, jobs: number): Promise<void> {
  const queue = await store.open();
  const worker = startWorker(store, 4);
  await worker.ready;
  const addMs: number[] = [];
  const addedAt = new Map<string, number>();
  for (let index = 0; index < jobs; index++) {
    const [began, beganAt] = [performance.now(), Date.now()];
    await queue.add("maintenance", [job(`job-${index}`)]);
    addMs.push(performance.now() - began);
    addedAt.set(`job-${index}`, beganAt);
    await Bun.sleep(5 + Math.random() * 10);
  }
  while (worker.started.length < jobs) await Bun.sleep(5);
  const startMs = worker.started.map(({ id, atMs }) => atMs - (addedAt.get(id) ?? 0));
  const show = (values: readonly number[]): string =>
    `p50 ${quantile(values, 0.5).toFixed(2)} ms, p99 ${quantile(values, 0.99).toFixed(2)} ms`;
  console.log(`time to add one job durably: ${show(addMs)}`);
  console.log(`from the call that adds a job to its start in another process: ${show(startMs)}`);
  await worker.stop();
  await queue.close();
}

/**
 * Returns the processor time that all threads of a process have used, in milliseconds. The kernel counts this time in
 * clock ticks of 10 ms.
 */
async function cpuMs(pid: number): Promise<number> {
  const fields = (await Bun.file(`/proc/${pid}/stat`).text()).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function measureIdle(store: Store): Promise<void> {
  const worker = startWorker(store, 4);
  await worker.ready;
  await Bun.sleep(1_000);
  const [beforeMs, began] = [await cpuMs(worker.child.pid), performance.now()];
  await Bun.sleep(10_000);
  const share = (await cpuMs(worker.child.pid)) - beforeMs;
  console.log(`idle worker: ${((share / (performance.now() - began)) * 100).toFixed(2)} % of a core`);
  await worker.stop();
}

if (import.meta.main) {
  const jobs = Number(process.argv[2] ?? 100_000);
  const only = process.argv[3];
  for (const [name, withStore] of Object.entries(stores)) {
    if (only !== undefined && only !== name) continue;
    console.log(`\n${name}`);
    await withStore((store) => measureThroughput(store, jobs));
    await withStore((store) => measureLatency(store, 300));
    await withStore(measureIdle);
  }
}
