// Stops the work of a generator on another machine after an abort. The call that stops the work runs in the background
// and has its own time limit.
import type { FarEnd } from "../generator.ts";

const limitMs = 5_000;

/**
 * Calls `stopFar` when the signal is aborted (at once, if it is already aborted), unless `ended` was called before. The
 * promise `stopped` resolves with the result of `stopFar`, or with "left running" if `stopFar` rejects or takes longer
 * than five seconds. `stopped` never rejects, and stays pending until an abort or a call of `ended`.
 * Example: `const end = createFarEnd(signal, async (limit) => { await callFar(url, { method: "DELETE", timeoutMs:
 * 5_000 }, limit); return "stopped"; })`.
 */
export function createFarEnd(signal: AbortSignal, stopFar: (limit: AbortSignal) => Promise<FarEnd>) {
  const stopped = Promise.withResolvers<FarEnd>();
  const onAbort = (): void => {
    const limit = AbortSignal.timeout(limitMs);
    const late = new Promise<FarEnd>((resolve) =>
      limit.addEventListener("abort", () => resolve("left running"), { once: true }),
    );
    const stopping = stopFar(limit).catch((): FarEnd => "left running");
    void Promise.race([stopping, late]).then(stopped.resolve);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return {
    stopped: stopped.promise,
    /**
     * Must be called when the work has ended normally. If `stopped` is pending, resolves it with
     * "stopped". A later abort does not call `stopFar`.
     */
    ended(): void {
      signal.removeEventListener("abort", onAbort);
      stopped.resolve("stopped");
    },
  };
}
