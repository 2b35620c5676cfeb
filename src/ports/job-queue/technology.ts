// Defines the type of a job queue technology and the options for opening it.
import type { Technology } from "../technology.ts";
import type { BaseAdapter } from "@bull-board/api/baseAdapter";
import type { JobCopy } from "./job-copy.ts";
import type { JobQueue } from "./job-queue.ts";

/** The queues for the web page of bull-board. */
export interface JobBoard {
  readonly queues: readonly BaseAdapter[];
  close(): Promise<void>;
}

export interface OpenJobQueueOptions {
  /** Is called with each error of background work, because no caller waits for background work. */
  readonly onError: (err: unknown) => void;
}

export interface JobQueueTechnology extends Technology<OpenJobQueueOptions, JobQueue> {
  /** Opens the queue at `location` as the source or the target of a move, which moves the jobs one by one. */
  openCopy(location: string, options: OpenJobQueueOptions): Promise<JobCopy>;
  /** Opens the queues for bull-board. Returns undefined if bull-board does not support the technology. */
  openBoard(location: string, options: OpenJobQueueOptions): Promise<JobBoard | undefined>;
}
