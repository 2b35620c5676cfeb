// Aborts the responses of listeners that receive nothing although data is waiting for them. Slow listeners stay
// connected. One timer is used for all listeners.

interface Waiting {
  /**
   * The number of bytes in the socket that the listener's machine has not confirmed yet; undefined
   * if unknown. Must not reject.
   */
  unsentBytes(): Promise<number | undefined>;
  cutOff(): void;
}

export interface StalledListeners {
  /**
   * Call this when data was written that the listener has not received yet. Call the returned
   * function when the listener has received the data, or when the response has ended. Until then, the
   * number of unsent bytes is observed. If this number doesn't change for `stallMs`, `cutOff` is
   * called, and the observation ends.
   */
  waiting(listener: Waiting): () => void;
}

interface Wait extends Waiting {
  /** The time of the last known progress of the listener, as performance.now(). */
  since: number;
  unsent: number | undefined;
}

/**
 * If the number of unsent bytes is unknown, the limit is `stallMs` times this factor, because progress
 * is noticed late: only when the socket accepts more data. A socket with a buffer of 4 MB accepts
 * more data after a third of the buffer was sent. At 8 kB/s, this takes nearly three minutes.
 */
const unknownFactor = 2.5;

export function createStalledListeners(stallMs: number): StalledListeners {
  const waits = new Set<Wait>();
  const lookMs = Math.min(5_000, stallMs / 4);
  let timer: ReturnType<typeof setInterval> | undefined;
  let isLooking = false;

  const look = async (wait: Wait): Promise<void> => {
    const unsent = await wait.unsentBytes();
    if (!waits.has(wait)) return;
    const now = performance.now();
    if (unsent !== wait.unsent) {
      wait.unsent = unsent;
      wait.since = now;
    }
    if (now - wait.since < (unsent === undefined ? stallMs * unknownFactor : stallMs)) return;
    waits.delete(wait);
    wait.cutOff();
  };

  const lookAtAll = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    const before = performance.now() - lookMs;
    await Promise.all([...waits].filter(({ since }) => since <= before).map(look));
    isLooking = false;
    if (waits.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    waiting(listener) {
      const wait: Wait = { ...listener, since: performance.now(), unsent: undefined };
      waits.add(wait);
      timer ??= setInterval(() => void lookAtAll(), lookMs);
      timer.unref();
      return () => waits.delete(wait);
    },
  };
}
