// Opens the job queue on Redis with BullMQ. All processes with the same URL share one queue.
// The queue is as durable as its Redis server. If Redis syncs its append-only file each second, a power cut can lose
// the changes of the last second.
import { Queue } from "bullmq";
import { createAdmission } from "./admission.ts";
import { connectForCallers, connectForWorkers, readQueueUrl, type RedisClient } from "./connection.ts";
import { createOperator } from "./operator.ts";
import { appErrorOf, translated } from "./errors.ts";
import { type BullmqWorker, createBullmqWorker } from "./worker.ts";
import { type JobQueue, type QueueName, queueNames } from "../job-queue.ts";

export interface BullmqJobQueueOptions {
  /**
   * redis://, or rediss:// for TLS. If the server is a node of a cluster, add `?cluster=true`. If several queues share
   * a Redis server, add `?prefix=` with a different name for each queue.
   */
  readonly url: string;
  /**
   * The number of completed jobs that are stored per queue. Older jobs are forgotten, and their ids can be added again.
   */
  readonly completedMax?: number;
  /**
   * The time in milliseconds for which a forced close of a worker waits. The close first aborts the signals of the
   * runs, and then waits until the runs have ended. After this time, the jobs of the unfinished runs return to the
   * queue.
   */
  readonly closeGraceMs?: number;
  /** Is called with errors of background work. The queue retries automatically. By default, the errors are printed. */
  readonly onError?: (err: unknown) => void;
}

/**
 * The interval at which a process with workers does two things. It looks for schedules that other processes have added.
 * It also looks for jobs that were set aside because their business had too many runs, and returns these jobs to the
 * queue. Usually a worker returns such a job when a run of the business ends. But a killed worker can't do this.
 */
const roundMs = 1_000;

/**
 * Errors: CONFIG_INVALID if the Redis server is unsuitable or refuses the credentials, UNAVAILABLE if the server can't
 * be reached.
 */
export async function createBullmqJobQueue(options: BullmqJobQueueOptions): Promise<JobQueue> {
  const { completedMax = 1_000, closeGraceMs = 5_000 } = options;
  const onError = options.onError ?? ((err) => console.error(err));
  const at = readQueueUrl(options.url);
  const { prefix } = at;
  const redis = await connectForCallers(at, onError);
  const queues = new Map(queueNames.map((name) => [name, openQueue(name)]));
  const queueOf = (name: QueueName): Queue => queues.get(name)!;
  const admission = createAdmission({ redis, queueOf, schedulesKey: `${prefix}:schedules`, completedMax });
  const operator = createOperator(redis, queueOf);
  const workers = new Set<BullmqWorker>();
  let workersRedis: RedisClient | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round = Promise.resolve();
  let closing: Promise<void> | undefined;

  function openQueue(name: QueueName): Queue {
    const queue = new Queue(name, {
      connection: redis,
      prefix,
      skipVersionCheck: true,
      skipWaitingForReady: true,
      streams: { events: { maxLen: 1_000 } },
    });
    queue.on("error", onError);
    return queue;
  }

  /**
   * Does one round of background work: adds the jobs of due schedules, and puts jobs that were set aside into the queue
   * again.
   */
  async function goRound(): Promise<void> {
    let dueAtMs = Number.POSITIVE_INFINITY;
    try {
      dueAtMs = (await admission.addScheduled(Date.now())) ?? dueAtMs;
      await Promise.all([...workers].map((worker) => worker.sweep()));
    } catch (err) {
      if (workers.size > 0) onError(appErrorOf(err));
    }
    nextRound(Math.max(Math.min(roundMs, dueAtMs - Date.now()), 5));
  }

  function nextRound(waitMs: number): void {
    clearTimeout(timer);
    if (workers.size === 0) return;
    timer = setTimeout(() => {
      round = round.then(goRound);
    }, waitMs);
  }

  async function closeAll(): Promise<void> {
    await Promise.all([...workers].map((worker) => worker.close()));
    await round;
    await Promise.all([...queues.values()].map((queue) => queue.close()));
    workersRedis?.disconnect();
    redis.disconnect();
  }

  return {
    add: (queue, jobs) => translated(() => admission.add(queue, jobs)),
    work(queue, handler, workOptions) {
      if (closing !== undefined) throw new Error("The job queue is closed.");
      workersRedis ??= connectForWorkers(at, onError);
      const onClosed = (closed: BullmqWorker): void => {
        workers.delete(closed);
        if (workers.size === 0) clearTimeout(timer);
      };
      const deps = { redis: workersRedis, prefix, closeGraceMs, onError, onClosed };
      const worker = createBullmqWorker(deps, queue, handler, workOptions);
      workers.add(worker);
      nextRound(0);
      return worker;
    },
    list: (filter) => translated(() => operator.list(filter)),
    counts: () => translated(() => operator.counts()),
    settle: (action, filter) => translated(() => operator.settle(action, filter)),
    async schedule(id, queue, everyMs, job) {
      await translated(() => admission.schedule(id, queue, everyMs, job));
      nextRound(0);
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}
