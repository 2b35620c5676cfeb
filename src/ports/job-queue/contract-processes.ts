// Tests the contract of the job queue with several processes, including a process that is killed or paused (SIGSTOP) in
// the middle of a job.
import { describe, expect, test } from "bun:test";
import { until } from "../../testing/until.ts";
import type { Job, JobInput, JobQueue } from "./job-queue.ts";
import type { WorkerProcess, WorkerProcessOptions } from "../../testing/servers/queue-worker-process.ts";

export interface SharedJobQueue extends AsyncDisposable {
  /** The queue as the test process has opened it. */
  readonly queue: JobQueue;
  startProcess(options?: WorkerProcessOptions): WorkerProcess;
}

const job = (id: string, over: Partial<JobInput> = {}): JobInput => ({
  ...{ name: "thing.make", data: {}, businessId: "acme", id },
  ...over,
});

/**
 * `leaseMs` is the lease of a job in the tests in which a worker is killed or paused. A shorter
 * lease makes these tests faster. One test uses half of `leaseMs`.
 */
export function jobQueueProcessContract(open: () => Promise<SharedJobQueue>, leaseMs: number): void {
  describe("several processes", () => {
    test("a job whose worker is killed runs again on another worker without using up an attempt", async () => {
      await using shared = await open();
      const { queue } = shared;
      await using victim = shared.startProcess({ leaseMs, workMs: 60_000 });
      await queue.add("maintenance", [job("survivor")]);
      await until("the job runs in the other process", () => victim.said("start survivor"));
      victim.kill("SIGKILL");
      const runs: Job[] = [];
      queue.work("maintenance", async (run) => void runs.push(run), { concurrency: 1, leaseMs });
      await until("the job ran in this process", () => runs.length === 1, 10_000);
      expect(runs[0]).toMatchObject({ attemptsMade: 0, stalls: 1 });
      await until("the job is completed", async () => (await queue.counts()).maintenance.completed === 1);
    }, 60_000);

    test("a job whose worker has died six times fails", async () => {
      await using shared = await open();
      const { queue } = shared;
      await queue.add("maintenance", [job("killer", { attempts: 3 })]);
      for (let deaths = 1; deaths <= 6; deaths++) {
        await using victim = shared.startProcess({ leaseMs: leaseMs / 2, workMs: 60_000 });
        await until("the job runs", () => victim.said("start killer"), 10_000);
      }
      const ran: string[] = [];
      queue.work("maintenance", async ({ id }) => void ran.push(id), { concurrency: 1, leaseMs });
      const find = async () => (await queue.list({ id: "killer" }))[0];
      await until("the job failed", async () => (await find())?.state === "failed", 10_000);
      expect(ran).toEqual([]);
      const error = "The worker of this job died 6 times.";
      expect(await find()).toMatchObject({ stalls: 6, attemptsMade: 0, error });
      expect(await queue.settle("retry", { id: "killer" })).toBe(1);
      await until("the retried job runs", () => ran.length === 1);
    }, 60_000);

    test("a run whose worker was paused for longer than the lease is aborted", async () => {
      await using shared = await open();
      const { queue } = shared;
      await using frozen = shared.startProcess({ leaseMs, workMs: 60_000 });
      await queue.add("maintenance", [job("once")]);
      await until("the job runs in the other process", () => frozen.said("start once"));
      frozen.kill("SIGSTOP");
      const gate = Promise.withResolvers<void>();
      let taken = false;
      const handler = async (): Promise<void> => {
        taken = true;
        await gate.promise;
      };
      queue.work("maintenance", handler, { concurrency: 1, leaseMs });
      await until("the other worker has the job", () => taken, 10_000);
      frozen.kill("SIGCONT");
      await until("the old run was aborted", () => frozen.said("abort once"));
      expect((await queue.counts()).maintenance).toMatchObject({ active: 1, failed: 0 });
      gate.resolve();
      await until("the job is completed", async () => (await queue.counts()).maintenance.completed === 1);
      expect((await queue.list({ id: "once" }))[0]).toMatchObject({ attemptsMade: 1, stalls: 1 });
    }, 60_000);

    test("when two processes work on 3,000 jobs, each job runs exactly once", async () => {
      await using shared = await open();
      const { queue } = shared;
      const all = Array.from({ length: 3_000 }, (_, index) => job(`job-${index}`));
      await queue.add("maintenance", all);
      await using left = shared.startProcess({ concurrency: 8 });
      await using right = shared.startProcess({ concurrency: 8 });
      const isIdle = async (): Promise<boolean> => {
        const { waiting, active } = (await queue.counts()).maintenance;
        return waiting + active === 0;
      };
      await until("all jobs ran", isIdle, 30_000);
      for (const one of [left, right]) {
        one.kill("SIGTERM");
        await one.exited();
      }
      const started = [...left.lines, ...right.lines].filter((line) => line.startsWith("start "));
      expect(started).toHaveLength(3_000);
      expect(new Set(started.map((line) => line.split(" ")[1])).size).toBe(3_000);
    }, 60_000);
  });
}
