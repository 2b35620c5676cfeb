// Opens the queues for bull-board. They are read-only, because the board does not know our rules for the order of jobs.
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { queueNames } from "../job-queue.ts";

export interface BullmqBoard {
  readonly queues: readonly BullMQAdapter[];
  close(): Promise<void>;
}

export interface BullmqBoardOptions {
  readonly url: string;
  readonly prefix?: string;
  readonly onError: (err: unknown) => void;
}

/** Connects at the first request. */
export function openBullmqBoard({ url, prefix = "{rondo}", onError }: BullmqBoardOptions): BullmqBoard {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1 });
  redis.on("error", onError);
  const queues = queueNames.map((name) => {
    const queue = new Queue(name, {
      connection: redis,
      prefix,
      skipVersionCheck: true,
      skipWaitingForReady: true,
    });
    queue.on("error", onError);
    return queue;
  });
  return {
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    async close() {
      await Promise.all(queues.map((queue) => queue.close()));
      redis.disconnect();
    },
  };
}
