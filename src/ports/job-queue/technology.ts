// Defines the type of a technology for the job queue, and the options that it is opened with.
import type { Technology } from "../technology.ts";
import type { BaseAdapter } from "@bull-board/api/baseAdapter";
import type { JobCopy } from "./job-copy.ts";
import type { JobQueue } from "./job-queue.ts";

/** The queues for the page of bull-board. */
export interface JobBoard {
  readonly queues: readonly BaseAdapter[];
  close(): Promise<void>;
}

export interface OpenJobQueueOptions {
  /** Receives the errors of background work, which have no caller. */
  readonly onError: (err: unknown) => void;
}

export interface JobQueueTechnology extends Technology<OpenJobQueueOptions, JobQueue> {
  /** Opens the same queue for a move of single jobs. */
  openCopy(location: string, options: OpenJobQueueOptions): Promise<JobCopy>;
  /** Opens the queues for bull-board; undefined where bull-board does not support the technology. */
  openBoard(location: string, options: OpenJobQueueOptions): Promise<JobBoard | undefined>;
}
