// A worker process for tests and benchmarks, which share its Redis, and stop or kill it.
import { createBullmqJobQueue } from "./queue.ts";

if (import.meta.main) {
  const [url = "", concurrency = "1", leaseMs = "10000", workMs = "0", perBusiness = "0"] =
    process.argv.slice(2);
  const queue = await createBullmqJobQueue({ url });
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  queue.work(
    "maintenance",
    async (job, { signal }) => {
      say(`start ${job.id} ${Date.now()}`);
      if (Number(workMs) > 0) {
        const over = Promise.withResolvers<void>();
        signal.addEventListener("abort", () => over.reject(new Error("aborted")));
        setTimeout(over.resolve, Number(workMs));
        await over.promise.catch((err: unknown) => {
          say(`abort ${job.id}`);
          throw err;
        });
      }
      say(`end ${job.id}`);
    },
    {
      concurrency: Number(concurrency),
      leaseMs: Number(leaseMs),
      ...(Number(perBusiness) > 0 ? { concurrencyPerBusiness: Number(perBusiness) } : {}),
    },
  );
  process.once("SIGTERM", () => void queue.close());
  say("ready");
}
