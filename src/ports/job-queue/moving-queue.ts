// Combines two job queues into one queue while jobs are moved from the former queue to the new queue.
// New jobs are added to the new queue, and the jobs of both queues are run.
import type { JobCopy } from "./job-copy.ts";
import type { JobInput, JobQueue, JobState, QueueName } from "./job-queue.ts";

export interface MovingQueueOptions {
  readonly queue: JobQueue;
  readonly former: JobQueue;
  readonly formerCopy: JobCopy;
}

/**
 * A job that the former queue already has is not added again. `work` starts a worker on each of the
 * two queues, so up to twice `concurrency` jobs can run at the same time. `close` closes both queues.
 */
export function createMovingQueue({ queue, former, formerCopy }: MovingQueueOptions): JobQueue {
  async function add(name: QueueName, jobs: readonly JobInput[]) {
    const known = await Promise.all(jobs.map((job) => formerCopy.known(name, job)));
    const added = await queue.add(
      name,
      jobs.filter((_, at) => known[at] === undefined),
    );
    let next = 0;
    return known.map((id) => (id === undefined ? added[next++]! : { id, added: false }));
  }

  return {
    add,
    work(name, handler, options) {
      const workers = [queue.work(name, handler, options), former.work(name, handler, options)];
      return {
        close: async (how) => void (await Promise.all(workers.map((worker) => worker.close(how)))),
      };
    },
    async list(filter) {
      const [here, there] = await Promise.all([queue.list(filter), former.list(filter)]);
      const all = [...here, ...there].toSorted((a, b) => b.createdAtMs - a.createdAtMs);
      return all.slice(0, filter.limit ?? 100);
    },
    async counts() {
      const [here, there] = await Promise.all([queue.counts(), former.counts()]);
      const sums = Object.entries(here).map(([name, states]) => [
        name,
        Object.fromEntries(
          Object.entries(states).map(([state, count]) => [
            state,
            count + there[name as QueueName][state as JobState],
          ]),
        ),
      ]);
      return Object.fromEntries(sums);
    },
    async settle(action, filter) {
      const settled = await queue.settle(action, filter);
      const limit = filter.limit === undefined ? {} : { limit: filter.limit - settled };
      return limit.limit === 0 ? settled : settled + (await former.settle(action, { ...filter, ...limit }));
    },
    async schedule(id, name, everyMs, job) {
      await former.schedule(id, name, 0, job);
      await queue.schedule(id, name, everyMs, job);
    },
    async close() {
      await Promise.all([queue.close(), former.close(), formerCopy.close()]);
    },
  };
}
