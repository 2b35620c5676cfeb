// Declares the adapter for the job queue in Redis with BullMQ.
import { anyAddress } from "../../technology.ts";
import type { JobQueueTechnology } from "../technology.ts";

export const bullmq: JobQueueTechnology = {
  name: "BullMQ",
  schemes: ["redis", "rediss"],
  example: "redis://127.0.0.1:6379",
  faultOf: anyAddress,
  async open(url, { onError }) {
    const { createBullmqJobQueue } = await import("./queue.ts");
    return createBullmqJobQueue({ url, onError });
  },
  async openCopy(url, { onError }) {
    const { createBullmqJobCopy } = await import("./job-copy.ts");
    return createBullmqJobCopy({ url, onError });
  },
  async openBoard(url, { onError }) {
    const { openBullmqBoard } = await import("./board.ts");
    return openBullmqBoard({ url, onError });
  },
  async examine(url) {
    const [{ inspectRedis }, { queueFindings }] = await Promise.all([
      import("../../drivers/redis-inspect.ts"),
      import("../../drivers/redis-findings.ts"),
    ]);
    return queueFindings(await inspectRedis(url, "{rondo}"));
  },
};
