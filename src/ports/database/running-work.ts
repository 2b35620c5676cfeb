// Tracks the running work of a database, so that closing waits for the work and refuses new work.
import { databaseClosed } from "./refusals.ts";

export interface RunningWork {
  readonly isClosing: boolean;
  /**
   * Runs `work`. If `work` throws an error, throws the same error. If the database is closing, throws UNAVAILABLE and
   * does not run `work`.
   */
  tracked<T>(work: () => Promise<T>): Promise<T>;
  /** Waits for all tracked work, then runs `end`. A later call returns the first call's promise and ignores `end`. */
  close(end: () => Promise<void>): Promise<void>;
}

export function createRunningWork(): RunningWork {
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  return {
    get isClosing() {
      return closing !== undefined;
    },
    async tracked(work) {
      if (closing !== undefined) throw databaseClosed();
      const pending = work();
      running.add(pending);
      try {
        return await pending;
      } finally {
        running.delete(pending);
      }
    },
    close(end) {
      closing ??= Promise.allSettled(running).then(end);
      return closing;
    },
  };
}
