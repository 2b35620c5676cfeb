// Ends a process in phases: it stops taking work, finishes running work, and closes the stores. Each phase has a time
// limit.
import type { Log } from "./log.ts";

export interface Phase {
  readonly name: string;
  readonly limitMs: number;
  run(): Promise<unknown>;
}

/**
 * Runs the phases in order. A phase that takes too long or throws is logged, and the next phase starts. Returns
 * whether all phases succeeded.
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
 * Shuts down on SIGTERM, on SIGINT and when the supervisor has ended, then exits. The exit code is 0 when all phases
 * succeeded. A second SIGINT exits immediately.
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
