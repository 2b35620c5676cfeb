// Ends a process in phases: the process takes no more work, finishes its running work, and closes
// its stores. Each phase has a time limit.
import type { Log } from "./log.ts";

export interface Phase {
  readonly name: string;
  readonly limitMs: number;
  run(): Promise<unknown>;
}

/**
 * Runs the phases in order. If a phase takes too long or throws, logs a warning and starts the next
 * phase. A phase that takes too long is not aborted. Returns whether all phases succeeded. Never
 * throws.
 */
export async function shutDown(phases: readonly Phase[], log: Log): Promise<boolean> {
  let clean = true;
  for (const { name, limitMs, run } of phases) {
    const limit = Promise.withResolvers<never>();
    const timer = setTimeout(() => limit.reject(new Error(`not done within ${limitMs} ms`)), limitMs);
    try {
      await Promise.race([run(), limit.promise]);
    } catch (err) {
      clean = false;
      log.warn({ err, phase: name }, "a phase of the shutdown did not finish");
    } finally {
      clearTimeout(timer);
    }
  }
  return clean;
}

/**
 * Shuts down on SIGTERM, on SIGINT and when the supervisor has ended, then exits. The exit code is
 * 0 if all phases succeeded, and 1 otherwise. During the shutdown, SIGINT exits immediately with
 * code 130, and the other two causes are ignored.
 */
export function shutDownOnSignal(phases: readonly Phase[], log: Log): void {
  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) {
      if (reason === "SIGINT") process.exit(130);
      return;
    }
    stopping = true;
    log.info({ reason }, "stopping");
    void shutDown(phases, log).then((clean) => process.exit(clean ? 0 : 1));
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  process.on("disconnect", () => stop("the supervisor has ended"));
}
