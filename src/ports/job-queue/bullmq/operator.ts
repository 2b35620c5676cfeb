// Provides operations for operators: list, count and delete jobs, and run failed jobs again.
import type { Queue } from "bullmq";
import type { RedisClient } from "./connection.ts";
import { type Hash, jobOf, optionsOf, stateOf, storedIdOf } from "./rows.ts";
import { heldUntilMs, take } from "./scripts.ts";
import {
  type Job,
  type JobCounts,
  type JobFilter,
  type JobState,
  type QueueName,
  queueNames,
  type SettleAction,
} from "../job-queue.ts";

export interface Operator {
  list(filter: JobFilter): Promise<Job[]>;
  counts(): Promise<JobCounts>;
  settle(action: SettleAction, filter: JobFilter): Promise<number>;
}

interface Place {
  readonly id: string;
  readonly list: string;
  /** The job's score in the set of delayed jobs. Undefined if the job is not in this set. */
  readonly score?: number;
}

interface Found {
  readonly job: Job;
  readonly storedId: string;
  readonly order: string;
}

const stepOf = { retry: "rondoRetry", drop: "rondoDrop", remove: "rondoRemove" } as const;
const readAtOnce = 500;
const listsOf: Readonly<Record<JobState, readonly string[]>> = {
  waiting: ["delayed", "wait", "prioritized"],
  delayed: ["delayed"],
  active: ["active"],
  completed: ["completed"],
  failed: ["failed"],
};
const allLists = ["delayed", "wait", "prioritized", "active", "completed", "failed"];

export function createOperator(redis: RedisClient, queueOf: (name: QueueName) => Queue): Operator {
  /** Reads all ids in the lists of BullMQ that can contain jobs of the wanted state, in one transaction. */
  async function placesOf(queue: Queue, filter: JobFilter): Promise<Place[]> {
    const lists = filter.state === undefined ? allLists : listsOf[filter.state];
    const replies = await allOf(
      lists.reduce((transaction, list) => {
        const key = queue.toKey(list);
        if (list === "wait" || list === "active") return transaction.lrange(key, 0, -1);
        return list === "delayed"
          ? transaction.zrange(key, "0", "-1", "WITHSCORES")
          : transaction.zrange(key, "0", "-1");
      }, redis.multi()),
    );
    return lists.flatMap((list, at) => {
      const members = replies[at] as readonly string[];
      if (list !== "delayed") return members.map((id) => ({ id, list }));
      return Array.from({ length: members.length / 2 }, (_, pair) => ({
        id: members[pair * 2] ?? "",
        list,
        score: Number(members[pair * 2 + 1]),
      }));
    });
  }

  /**
   * Returns the list that contains the job. If the job is in none of "delayed", "active", "completed" and "failed",
   * returns "wait", even if no job has this id. The caller then finds no data for the id.
   */
  async function placeOf(queue: Queue, id: string): Promise<Place[]> {
    const [score, active, completed, failed] = await allOf(
      redis
        .multi()
        .zscore(queue.toKey("delayed"), id)
        .lpos(queue.toKey("active"), id)
        .zscore(queue.toKey("completed"), id)
        .zscore(queue.toKey("failed"), id),
    );
    if (failed !== null) return [{ id, list: "failed" }];
    if (completed !== null) return [{ id, list: "completed" }];
    if (active !== null) return [{ id, list: "active" }];
    return [score === null ? { id, list: "wait" } : { id, list: "delayed", score: Number(score) }];
  }

  async function* matching(name: QueueName, filter: JobFilter): AsyncGenerator<Found> {
    const queue = queueOf(name);
    const nowMs = Date.now();
    const text = filter.text?.toLowerCase();
    const places =
      filter.id === undefined ? await placesOf(queue, filter) : await placeOf(queue, storedIdOf(filter.id));
    for (let from = 0; from < places.length; from += readAtOnce) {
      const some = places.slice(from, from + readAtOnce);
      const hashes = await allOf(
        some.reduce((pipeline, { id }) => pipeline.hgetall(queue.toKey(id)), redis.pipeline()),
      );
      for (const [at, { id, list, score }] of some.entries()) {
        const hash = hashes[at] as Hash;
        if (hash.name === undefined) continue;
        const job = jobOf(name, id, hash, stateOf(list, score, nowMs), score);
        if (filter.state !== undefined && job.state !== filter.state) continue;
        if (filter.businessId !== undefined && job.businessId !== filter.businessId) continue;
        if (text && !`${hash.name}\n${hash.data}\n${job.error ?? ""}`.toLowerCase().includes(text)) continue;
        yield { job, storedId: id, order: optionsOf(hash).order ?? "" };
      }
    }
  }

  /**
   * Returns the newest `limit` jobs, the newest first. During the search, the memory contains the
   * ids of the jobs of one queue, `readAtOnce` of these jobs, and at most `2 * limit` found jobs.
   */
  async function newest(filter: JobFilter, limit: number): Promise<Found[]> {
    let found: Found[] = [];
    const cut = (): void => {
      found = found.toSorted((a, b) => (a.order < b.order ? 1 : -1)).slice(0, limit);
    };
    for (const name of filter.queue === undefined ? queueNames : [filter.queue]) {
      for await (const one of matching(name, filter)) {
        found.push(one);
        if (found.length >= limit * 2) cut();
      }
    }
    cut();
    return found;
  }

  return {
    list: async (filter) => (await newest(filter, filter.limit ?? 100)).map(({ job }) => job),
    async counts() {
      const nowMs = Date.now();
      const transaction = redis.multi();
      for (const name of queueNames) {
        const key = (list: string): string => queueOf(name).toKey(list);
        transaction
          .llen(key("wait"))
          .zcard(key("prioritized"))
          .zcard(key("delayed"))
          .zcount(key("delayed"), nowMs * 4096 + 4096, `(${heldUntilMs * 4096}`)
          .llen(key("active"))
          .zcard(key("completed"))
          .zcard(key("failed"));
      }
      const numbers = (await allOf(transaction)).map(Number);
      const counts: Record<string, Record<JobState, number>> = {};
      for (const [at, name] of queueNames.entries()) {
        const [wait = 0, placed = 0, putOff = 0, delayed = 0, active = 0, completed = 0, failed = 0] =
          numbers.slice(at * 7);
        // BullMQ's set "delayed" also contains waiting jobs: those whose delay has ended, and those whose business has
        // too many runs (`heldUntilMs`).
        counts[name] = { waiting: wait + placed + putOff - delayed, delayed, active, completed, failed };
      }
      return counts as JobCounts;
    },
    async settle(action, filter) {
      if (action !== "remove" && filter.state !== undefined && filter.state !== "failed") return 0;
      const asked = action === "remove" ? filter : { ...filter, state: "failed" as const };
      const found = await newest(asked, filter.limit ?? Number.POSITIVE_INFINITY);
      const step = stepOf[action];
      let settled = 0;
      for (const name of queueNames) {
        const ids = found.filter(({ job }) => job.queue === name).map(({ storedId }) => storedId);
        for (let from = 0; from < ids.length; from += readAtOnce) {
          const some = ids.slice(from, from + readAtOnce);
          settled += Number(await take(redis, step, queueOf(name).toKey(""), some));
        }
        if (action === "remove" && filter.businessId !== undefined)
          await take(redis, "rondoForget", queueOf(name).toKey(""), [filter.businessId]);
      }
      return settled;
    },
  };
}

type Transaction = ReturnType<RedisClient["multi"]>;

async function allOf(transaction: Pick<Transaction, "exec">): Promise<unknown[]> {
  const replies = (await transaction.exec()) ?? [];
  return replies.map(([err, reply]) => {
    if (err) throw err;
    return reply;
  });
}
