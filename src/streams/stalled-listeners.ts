// Cuts off listeners who take nothing although something waits for them: whoever takes bytes stays, however slowly; one timer for all.

export interface Waiting {
  /** Bytes on their way that the listener has not taken yet; undefined where that is not known. */
  unsentBytes(): Promise<number | undefined>;
  cutOff(): void;
}

export interface StalledListeners {
  /** Called when something was handed over and not yet taken; the function returned when it was, or all is over. */
  waiting(listener: Waiting): () => void;
}

interface Wait extends Waiting {
  /** Since when the listener has taken nothing, as far as it is known. */
  since: number;
  unsent: number | undefined;
}

/** A socket that holds 4 MB has room again only when a third of them has left: at 8 kB/s, nearly three minutes. */
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
