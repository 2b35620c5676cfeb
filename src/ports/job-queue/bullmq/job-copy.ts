// Reads, removes and adds single jobs of the BullMQ queue, for a move between two queues.
import { Job as BullJob, Queue } from "bullmq";
import type { JobCopy, JobRecord } from "../job-copy.ts";
import { type QueueName, queueNames } from "../job-queue.ts";
import { storedOf } from "./admission.ts";
import { connectForCallers, readQueueUrl } from "./connection.ts";
import { translated } from "./errors.ts";
import { type Hash, idOf, jobOf, optionsOf, stateOf, storedIdOf } from "./rows.ts";
import { take } from "./scripts.ts";

interface JobCopyOptions {
  readonly url: string;
  readonly onError: (err: unknown) => void;
}

const completedMax = 1_000;
const placedAtLeast = 1_000;

export async function createBullmqJobCopy({ url, onError }: JobCopyOptions): Promise<JobCopy> {
  const at = readQueueUrl(url);
  const redis = await connectForCallers(at, onError);
  const queues = new Map(
    queueNames.map((name) => {
      const options = {
        connection: redis,
        prefix: at.prefix,
        skipVersionCheck: true,
        skipWaitingForReady: true,
      };
      const queue = new Queue(name, options);
      queue.on("error", onError);
      return [name, queue] as const;
    }),
  );
  const queueOf = (name: QueueName): Queue => queues.get(name)!;

  async function find(name: QueueName, id: string): Promise<JobRecord | undefined> {
    const queue = queueOf(name);
    const storedId = storedIdOf(id);
    const [hash, score, active, completed, failed] = await Promise.all([
      redis.hgetall(queue.toKey(storedId)),
      redis.zscore(queue.toKey("delayed"), storedId),
      redis.lpos(queue.toKey("active"), storedId),
      redis.zscore(queue.toKey("completed"), storedId),
      redis.zscore(queue.toKey("failed"), storedId),
    ]);
    if (hash.name === undefined || active !== null || completed !== null) return undefined;
    const list = failed === null ? (score === null ? "prioritized" : "delayed") : "failed";
    const delayedAt = score === null ? undefined : Number(score);
    return recordOf(name, storedId, hash, list, delayedAt);
  }

  return {
    find: (queue, id) => translated(() => find(queue, id)),
    known: (name, { id, deduplicationId }) =>
      translated(async () => {
        const queue = queueOf(name);
        if (id !== undefined && (await redis.exists(queue.toKey(storedIdOf(id)))) > 0) return id;
        const other = deduplicationId && (await redis.get(`${queue.toKey("de")}:${deduplicationId}`));
        return other ? idOf(other) : undefined;
      }),
    take: (name, id) =>
      translated(
        async () => (await take(redis, "rondoTake", queueOf(name).toKey(""), [storedIdOf(id)])) === 1,
      ),
    put: (record) =>
      translated(async () => {
        const queue = queueOf(record.queue);
        const id = storedIdOf(record.id);
        const delayMs = record.state === "delayed" ? Math.max(1, record.runAtMs - Date.now()) : 0;
        const options = storedOf({ ...record, delayMs }, completedMax);
        const transaction = (await queue.getBackend().client).multi();
        // `addJob` only adds a command to the transaction. `exec` returns the result of the command.
        void new BullJob(queue, record.name, record.data, options, id).addJob(transaction);
        transaction.runCommand("rondoAdmit", [queue.toKey(""), placedAtLeast, id]);
        transaction.runCommand("rondoCarry", [
          ...[queue.toKey(""), id, options.order, record.state, record.attemptsMade, record.stalls],
          ...[record.createdAtMs, record.error ?? "", record.finishedAtMs ?? Date.now()],
        ]);
        const replies = (await transaction.exec()) ?? [];
        for (const [err] of replies) if (err) throw err;
        return replies.at(-1)?.[1] === 1;
      }),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      redis.disconnect();
    },
  };
}

function recordOf(queue: QueueName, storedId: string, hash: Hash, list: string, score?: number): JobRecord {
  const job = jobOf(queue, storedId, hash, stateOf(list, score, Date.now()), score);
  const { owner, backoff } = optionsOf(hash);
  const { id, name, data, businessId, priority, attempts, attemptsMade, stalls, createdAtMs, runAtMs } = job;
  return {
    ...{ id, queue, name, data, businessId, attempts, attemptsMade, stalls, createdAtMs, runAtMs },
    state: job.state === "delayed" || job.state === "failed" ? job.state : "waiting",
    backoffMs: typeof backoff === "object" ? (backoff.delay ?? 0) : 0,
    ...(priority === undefined ? {} : { priority }),
    ...(owner === undefined ? {} : { owner }),
    ...(hash.deid === undefined ? {} : { deduplicationId: hash.deid }),
    ...(job.error === undefined ? {} : { error: job.error }),
    ...(job.finishedAtMs === undefined ? {} : { finishedAtMs: job.finishedAtMs }),
  };
}
