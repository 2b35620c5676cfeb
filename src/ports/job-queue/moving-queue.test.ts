// Tests the moving queue, which is used while jobs are moved from a former queue to a new queue. The moving queue runs
// the jobs of both queues, and must fulfil the same contract as every job queue.
import { join } from "node:path";
import { createTemporaryDirectory } from "../../testing/temporary-directory.ts";
import { jobQueueContract } from "./contract.ts";
import { createMovingQueue } from "./moving-queue.ts";
import { openJobCopy, openJobQueue } from "./open.ts";

jobQueueContract(
  async () => {
    const directory = await createTemporaryDirectory();
    const options = { onError: () => {} };
    const open = async () => {
      const at = (name: string) => ({ scheme: "sqlite", location: join(directory.path, name) });
      return createMovingQueue({
        queue: await openJobQueue(at("now.db"), options),
        former: await openJobQueue(at("before.db"), options),
        formerCopy: await openJobCopy(at("before.db"), options),
      });
    };
    const [first, second] = [await open(), await open()];
    return {
      ...{ first, second },
      async [Symbol.asyncDispose]() {
        await Promise.all([first.close(), second.close()]);
        await directory[Symbol.asyncDispose]();
      },
    };
  },
  { leaseMs: 1_000 },
);
