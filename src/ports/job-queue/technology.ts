// What the front door of a technology for the job queue offers.
import type { Technology } from "../technology.ts";
import type { BaseAdapter } from "@bull-board/api/baseAdapter";
import type { JobQueue } from "./job-queue.ts";

/** The queues for a page of bull-board. */
export interface JobBoard {
  readonly queues: readonly BaseAdapter[];
  close(): Promise<void>;
}

export interface OpenJobQueueOptions {
  /** Errors of the background, which no caller gets. */
  readonly onError: (err: unknown) => void;
}

export interface JobQueueTechnology extends Technology<OpenJobQueueOptions, JobQueue> {
  /** The queues as bull-board shows them; undefined where it can't show them. */
  openBoard(location: string, options: OpenJobQueueOptions): Promise<JobBoard | undefined>;
}
