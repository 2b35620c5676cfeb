// Runs a worker process that shares a Redis server with a test or a benchmark. The arguments are
// the URL of the Redis server and then the `words` of `runWorkerProcess`.
import { runWorkerProcess } from "../worker-process.ts";
import { createBullmqJobQueue } from "./queue.ts";

if (import.meta.main) {
  const [url = "", ...words] = process.argv.slice(2);
  runWorkerProcess(await createBullmqJobQueue({ url }), words);
}
