// Limits how many slow tasks run at the same time. Further tasks wait for their turn. A task is
// refused if too many tasks already wait, or if its caller already has too many tasks.
import { AppError } from "../errors.ts";

export interface Turns {
  /**
   * When the task can start, resolves with a function that ends the turn. The caller must call this
   * function when the task is over; a second call does nothing. Rejects with TOO_MANY_REQUESTS if
   * the caller has too many tasks, and with UNAVAILABLE if too many tasks wait. If the signal is
   * aborted before the turn begins, rejects with the signal's reason. A later abort does not end
   * the turn.
   */
  take(caller: string, signal: AbortSignal): Promise<() => void>;
}

export interface TurnsOptions {
  /** The description of the work in errors, for example "files are made". */
  readonly what: string;
  readonly runningMax: number;
  readonly waitingMax: number;
  /** The maximum number of running and waiting tasks per caller. */
  readonly perCallerMax: number;
}

interface Waiting {
  readonly caller: string;
  readonly begin: () => void;
}

const retryAfterSeconds = 5;

export function createTurns({ what, runningMax, waitingMax, perCallerMax }: TurnsOptions): Turns {
  const waiting = new Set<Waiting>();
  const running = new Map<string, number>();
  let runningCount = 0;

  const begin = (caller: string): void => {
    runningCount++;
    running.set(caller, (running.get(caller) ?? 0) + 1);
  };
  /**
   * If a turn is free, starts the next waiting task. Tasks of callers without a running task come
   * first.
   */
  const beginNext = (): void => {
    if (runningCount >= runningMax || waiting.size === 0) return;
    const inLine = [...waiting];
    const next = inLine.find(({ caller }) => !running.has(caller)) ?? inLine[0]!;
    waiting.delete(next);
    begin(next.caller);
    next.begin();
  };
  const endOf = (caller: string): (() => void) => {
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      runningCount--;
      const left = (running.get(caller) ?? 1) - 1;
      if (left === 0) running.delete(caller);
      else running.set(caller, left);
      beginNext();
    };
  };

  return {
    async take(caller, signal) {
      signal.throwIfAborted();
      const ofCaller =
        (running.get(caller) ?? 0) + [...waiting].filter((one) => one.caller === caller).length;
      if (ofCaller >= perCallerMax) {
        throw new AppError("TOO_MANY_REQUESTS", `Too many ${what} for you at this moment.`, {
          hint: "Wait until one of them is finished.",
          retryAfterSeconds,
        });
      }
      if (runningCount < runningMax) begin(caller);
      else {
        if (waiting.size >= waitingMax) {
          throw new AppError("UNAVAILABLE", `Too many ${what} at this moment.`, { retryAfterSeconds });
        }
        const turn = Promise.withResolvers<void>();
        const one = { caller, begin: turn.resolve };
        waiting.add(one);
        const leave = (): void => {
          if (waiting.delete(one)) turn.reject(signal.reason);
        };
        signal.addEventListener("abort", leave, { once: true });
        try {
          await turn.promise;
        } finally {
          signal.removeEventListener("abort", leave);
        }
      }
      return endOf(caller);
    },
  };
}
