// Adds jobs to the queue: the jobs of callers and the jobs of due schedules.
import { Job as BullJob, type Queue } from "bullmq";
import type { RedisClient } from "./connection.ts";
import { idOf, type StoredOptions, storedIdOf } from "./rows.ts";
import { take, unplaced } from "./scripts.ts";
import { checkEveryMs, checkJobInput } from "../check-job-input.ts";
import type { JobInput, QueueName } from "../job-queue.ts";

export interface Admission {
  add(
    queue: QueueName,
    jobs: readonly JobInput[],
  ): Promise<{ readonly id: string; readonly added: boolean }[]>;
  schedule(id: string, queue: QueueName, everyMs: number, job: JobInput): Promise<void>;
  /**
   * Adds one job for each due schedule, even if several runs of the schedule were missed. Adds no
   * job if an earlier job of the schedule still waits or runs. Returns the time at which the next
   * schedule is due, in milliseconds since 1970, or undefined if there are no schedules.
   */
  addScheduled(nowMs: number): Promise<number | undefined>;
}

export interface AdmissionDeps {
  readonly redis: RedisClient;
  readonly queueOf: (name: QueueName) => Queue;
  /** The Redis key of the schedules. */
  readonly schedulesKey: string;
  readonly completedMax: number;
}

interface Schedule {
  readonly queue: QueueName;
  readonly everyMs: number;
  readonly job: JobInput;
}

/**
 * How long a process claims a due schedule. Adding the job usually takes less time. If the process
 * dies before it adds the job, another process adds the job after this time.
 */
const claimMs = 10_000;
const placedAtLeast = 1_000;

export function createAdmission({ redis, queueOf, schedulesKey, completedMax }: AdmissionDeps): Admission {
  /**
   * Adds the jobs and sets the order in which they run, in one transaction. If the queue already
   * has a job with the same id or the same deduplication id, `added` is false, and `id` is the id of
   * the existing job.
   */
  async function add(name: QueueName, jobs: readonly JobInput[]) {
    for (const job of jobs) checkJobInput(job);
    if (jobs.length === 0) return [];
    const queue = queueOf(name);
    const wanted = jobs.map((job) => ({
      job,
      id: storedIdOf(job.id ?? Bun.randomUUIDv7()),
      options: storedOf(job, completedMax),
    }));
    const transaction = (await queue.getBackend().client).multi();
    for (const { job, id, options } of wanted) {
      // The command is only queued here. Its result arrives when the transaction is executed.
      void new BullJob(queue, job.name, job.data, options, id).addJob(transaction);
    }
    const ids = wanted.map(({ id }) => id);
    transaction.runCommand("rondoAdmit", [queue.toKey(""), Math.max(placedAtLeast, ids.length), ...ids]);
    const replies = (await transaction.exec()) ?? [];
    for (const [err] of replies) if (err) throw err;
    const orders = (replies.at(-1)?.[1] ?? []) as readonly string[];
    return wanted.map(({ id, options }, at) => {
      const added = orders[at] === options.order;
      return { id: idOf(added ? id : String(replies[at]?.[1] ?? id)), added };
    });
  }

  async function addDue(id: string, dueAtMs: number, text: string, nowMs: number): Promise<void> {
    const { queue, everyMs, job } = JSON.parse(text) as Schedule;
    const { id: _, ...rest } = job;
    await add(queue, [{ ...rest, deduplicationId: job.deduplicationId ?? `schedule ${id}` }]);
    const missed = Math.floor((nowMs - dueAtMs) / everyMs);
    const nextMs = dueAtMs + (missed + 1) * everyMs;
    await take(redis, "rondoSettleSchedule", schedulesKey, [id, nowMs + claimMs, nextMs]);
  }

  return {
    add,
    async schedule(id, queue, everyMs, job) {
      checkEveryMs(everyMs);
      checkJobInput(job);
      const schedule: Schedule = { queue, everyMs, job };
      await take(redis, "rondoSchedule", schedulesKey, [id, everyMs, JSON.stringify(schedule), Date.now()]);
    },
    async addScheduled(nowMs) {
      const reply = await take(redis, "rondoClaimSchedules", schedulesKey, [nowMs, claimMs]);
      const found = reply as readonly string[];
      for (let at = 0; at < found.length; at += 3) {
        const [id = "", dueAt = "0", text = ""] = found.slice(at, at + 3);
        if (text !== "") await addDue(id, Number(dueAt), text, nowMs);
      }
      const head = await redis.zrange(`${schedulesKey}:due`, "0", "0", "WITHSCORES");
      return head[1] === undefined ? undefined : Number(head[1]);
    },
  };
}

/** Returns the options of a job in the format that BullMQ stores. */
export function storedOf(job: JobInput, completedMax: number): StoredOptions {
  return {
    priority: job.priority === undefined ? unplaced : job.priority + 1,
    attempts: job.attempts ?? 1,
    removeOnComplete: { count: completedMax },
    stackTraceLimit: 1,
    business: job.businessId,
    order: Bun.randomUUIDv7(),
    ...(job.owner === undefined ? {} : { owner: job.owner }),
    ...(job.delayMs ? { delay: job.delayMs } : {}),
    ...(job.backoffMs ? { backoff: { type: "rondo", delay: job.backoffMs } } : {}),
    ...(job.deduplicationId === undefined ? {} : { deduplication: { id: job.deduplicationId } }),
  };
}
