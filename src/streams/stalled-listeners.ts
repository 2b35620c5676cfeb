// Cuts off listeners who take nothing although something waits for them; one timer for all.

export interface StalledListeners {
  /** Called when something was handed over and not yet taken; the function returned when it was, or all is over. */
  waiting(cutOff: () => void): () => void;
}

export function createStalledListeners(stallMs: number): StalledListeners {
  /** Longest waiting first. */
  const waits = new Map<object, { readonly since: number; readonly cutOff: () => void }>();
  let timer: ReturnType<typeof setInterval> | undefined;

  const check = (): void => {
    const before = performance.now() - stallMs;
    for (const [wait, { since, cutOff }] of waits) {
      if (since > before) break;
      waits.delete(wait);
      cutOff();
    }
    if (waits.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    waiting(cutOff) {
      const wait = {};
      waits.set(wait, { since: performance.now(), cutOff });
      timer ??= setInterval(check, Math.min(1_000, stallMs / 4));
      timer.unref();
      return () => waits.delete(wait);
    },
  };
}
