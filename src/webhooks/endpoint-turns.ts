// Limits how many deliveries to one endpoint run at the same time in this process, so that a slow endpoint does not
// delay the deliveries to other endpoints.

export interface EndpointTurns {
  /**
   * Begins a turn, which is the permission to make one attempt to deliver to the endpoint. Call `end` one time after
   * the attempt, also if the attempt failed. If the endpoint has no free turn, returns `waitMs`: the time to wait
   * before the next call, in milliseconds. `isFailing` says whether the last attempt failed.
   */
  take(endpointId: string, isFailing: boolean): { readonly end: () => void } | { readonly waitMs: number };
}

interface Turns {
  /** The start of each running attempt, as performance.now(). */
  readonly startedMs: Set<{ readonly ms: number }>;
  /** The duration of an attempt, as a moving average in milliseconds. */
  averageMs: number;
  /**
   * The latest time that was planned for a waiting attempt, as performance.now(). The next waiting attempt gets a later
   * time.
   */
  nextAtMs: number;
}

const atOnceMax = 2;
const waitMs = { least: 50, most: 60_000 };
/** When this many endpoints are known, those without a running attempt are forgotten. */
const endpointsMax = 10_000;

export function createEndpointTurns(now: () => number = () => performance.now()): EndpointTurns {
  const all = new Map<string, Turns>();

  function find(endpointId: string): Turns {
    const known = all.get(endpointId);
    if (known !== undefined) return known;
    if (all.size >= endpointsMax)
      for (const [id, { startedMs }] of all) if (startedMs.size === 0) all.delete(id);
    const turns: Turns = { startedMs: new Set(), averageMs: 100, nextAtMs: 0 };
    all.set(endpointId, turns);
    return turns;
  }

  /** Plans a different time for each waiting attempt, so that they don't all try again at the same time. */
  function planWait(turns: Turns, most: number): number {
    const [oldest] = turns.startedMs;
    // An attempt that has been running for a long time shows that the endpoint is now slower than `averageMs`.
    const attemptMs = Math.max(turns.averageMs, oldest === undefined ? 0 : now() - oldest.ms);
    turns.nextAtMs = Math.max(turns.nextAtMs, now()) + attemptMs / most;
    return Math.min(Math.max(Math.round(turns.nextAtMs - now()), waitMs.least), waitMs.most);
  }

  return {
    take(endpointId, isFailing) {
      const turns = find(endpointId);
      // A failing endpoint gets one attempt at a time, which finds out whether the endpoint has recovered.
      const most = isFailing ? 1 : atOnceMax;
      if (turns.startedMs.size >= most) return { waitMs: planWait(turns, most) };
      const started = { ms: now() };
      turns.startedMs.add(started);
      return {
        end() {
          turns.startedMs.delete(started);
          turns.averageMs = 0.8 * turns.averageMs + 0.2 * (now() - started.ms);
          if (turns.startedMs.size === 0 && turns.nextAtMs <= now()) all.delete(endpointId);
        },
      };
    },
  };
}
