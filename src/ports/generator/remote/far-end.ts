// Stops the work of a generator on another machine after an abort. The call that stops the work runs in the background
// and has its own time limit.
import type { FarEnd } from "../generator.ts";

const limitMs = 5_000;

/**
 * Calls `stopFar` when the signal is aborted, unless `ended` was called before. The promise `stopped` never rejects. If
 * `stopFar` fails or does not answer within five seconds, `stopped` resolves with "left running".
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
    /** Must be called when the work has ended normally. Then a later abort does not call `stopFar`. */
    ended(): void {
      signal.removeEventListener("abort", onAbort);
      stopped.resolve("stopped");
    },
  };
}
