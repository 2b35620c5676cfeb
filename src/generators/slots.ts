// Limits the number of pieces that are made at the same time. Businesses take turns, so many waiting generations of one
// business don't delay those of another business.

export interface Slots {
  /**
   * Waits for a slot. Call the returned function to free the slot; a second call has no effect. If the signal is
   * aborted during the wait, throws the signal's reason. A later abort does not free the slot.
   */
  take(businessId: string, signal: AbortSignal): Promise<() => void>;
}

interface Waiting {
  readonly begin: () => void;
}

export function createSlots(count: number): Slots {
  let free = count;
  /**
   * The waiting callers of each business. The businesses are in the order of their turns: the first business gets the
   * next free slot. A business that got a slot and has more waiting callers moves to the end.
   */
  const queues = new Map<string, Waiting[]>();

  const next = (): void => {
    for (const [businessId, queue] of queues) {
      if (free === 0) return;
      queues.delete(businessId);
      const waiting = queue.shift();
      if (queue.length > 0) queues.set(businessId, queue);
      if (waiting === undefined) continue;
      free--;
      waiting.begin();
    }
  };
  const giveBack = (): (() => void) => {
    let isGivenBack = false;
    return () => {
      if (isGivenBack) return;
      isGivenBack = true;
      free++;
      // Repeats until no caller waits or no slot is free.
      while (free > 0 && queues.size > 0) next();
    };
  };

  return {
    async take(businessId, signal) {
      signal.throwIfAborted();
      const turn = Promise.withResolvers<() => void>();
      const queue = queues.get(businessId) ?? [];
      const waiting: Waiting = { begin: () => turn.resolve(giveBack()) };
      queue.push(waiting);
      queues.set(businessId, queue);
      const leave = (): void => {
        const at = queue.indexOf(waiting);
        if (at < 0) return;
        queue.splice(at, 1);
        if (queue.length === 0) queues.delete(businessId);
        turn.reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      if (free > 0) next();
      try {
        return await turn.promise;
      } finally {
        signal.removeEventListener("abort", leave);
      }
    },
  };
}
