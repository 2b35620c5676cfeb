// Contains the program of a worker process. Tests and benchmarks start the process, and later stop or kill it. The
// process prints "ready" when it takes jobs, and then one line each time a job starts, ends or is aborted.
import type { JobQueue } from "./job-queue.ts";

/**
 * Works on the queue "maintenance" until SIGTERM. `words` are the arguments of the command line, in
 * this order: the concurrency, the lease in milliseconds, the duration of a job in milliseconds,
 * and the concurrency per business (0: no limit).
 */
export function runWorkerProcess(queue: JobQueue, words: readonly string[]): void {
  const [concurrency = 1, leaseMs = 10_000, workMs = 0, perBusiness = 0] = words.map(Number);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  queue.work(
    "maintenance",
    async (job, { signal }) => {
      say(`start ${job.id} ${Date.now()}`);
      if (workMs > 0) {
        const over = Promise.withResolvers<void>();
        signal.addEventListener("abort", () => over.reject(new Error("aborted")));
        setTimeout(over.resolve, workMs);
        await over.promise.catch((err: unknown) => {
          say(`abort ${job.id}`);
          throw err;
        });
      }
      say(`end ${job.id}`);
    },
    { concurrency, leaseMs, ...(perBusiness > 0 ? { concurrencyPerBusiness: perBusiness } : {}) },
  );
  process.once("SIGTERM", () => void queue.close());
  say("ready");
}
