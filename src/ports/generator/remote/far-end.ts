// Stops the work of a generator on another machine after an abort. The call that stops the work runs in the background
// and has its own time limit.
import type { FarEnd } from "../generator.ts";

const limitMs = 5_000;

/**
 * Calls `stopFar` when the signal is aborted, or at once if the signal is already aborted. Does not
 * call `stopFar` if `ended` was called before the abort. The promise `stopped` resolves with the
 * result of `stopFar`. If `stopFar` rejects or does not answer within five seconds, `stopped`
 * resolves with "left running". `stopped` never rejects, and is pending until an abort or `ended`.
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
