// Runs a worker process that shares a Redis server with a test or a benchmark.
import { runWorkerProcess } from "../worker-process.ts";
import { createBullmqJobQueue } from "./queue.ts";

if (import.meta.main) {
  const [url = "", ...words] = process.argv.slice(2);
  runWorkerProcess(await createBullmqJobQueue({ url }), words);
}
