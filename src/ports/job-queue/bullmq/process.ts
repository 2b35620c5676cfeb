// A worker process for tests and benchmarks, which share its Redis.
import { runWorkerProcess } from "../worker-process.ts";
import { createBullmqJobQueue } from "./queue.ts";

if (import.meta.main) {
  const [url = "", ...words] = process.argv.slice(2);
  runWorkerProcess(await createBullmqJobQueue({ url }), words);
}
