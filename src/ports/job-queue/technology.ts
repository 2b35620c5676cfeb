// The type of a technology for the job queue, and the options that it is opened with.
import type { Technology } from "../technology.ts";
import type { BaseAdapter } from "@bull-board/api/baseAdapter";
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
  /** Opens the queues for bull-board; undefined where bull-board does not support the technology. */
  openBoard(location: string, options: OpenJobQueueOptions): Promise<JobBoard | undefined>;
}
