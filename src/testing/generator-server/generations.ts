// Manages the generations of one server. The number of generations that run at the same time is
// limited, and so is the number of generations that wait. Each request id has one generation.
import type { Health } from "../../generator-check/wire.ts";
import { createMaking, type MakeBody, type Making } from "./making.ts";
import { Refusal } from "./refusal.ts";
import type { GenerateRequest } from "./request-body.ts";

export interface Generations {
  /**
   * Returns the generation of this request id, and whether this call created the generation. A new
   * generation is cancelled at the deadline of its request. For a known id, the deadline and `how`
   * are ignored. Throws Refusal: 503 if the id is new, all slots are taken and the queue is full;
   * 409 if the id is known from a different request.
   */
  start(
    request: GenerateRequest,
    how: { readonly contentType: string; readonly make: MakeBody },
  ): { readonly making: Making; readonly isNew: boolean };
  /** Cancels the generation. Does nothing for an unknown id. */
  cancel(requestId: string): void;
  health(): Health;
  /** Cancels and forgets all generations, without waiting until they have ended. */
  close(): Promise<void>;
}

/** A repeated request still gets the piece within this time after the end of its generation, in milliseconds. */
const rememberedMs = 600_000;

export function createGenerations({
  slots,
  queue,
}: {
  readonly slots: number;
  readonly queue: number;
}): Generations {
  const known = new Map<string, Making>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const waiting: Making[] = [];
  let running = 0;
  let secondsEach = 2;

  const runNext = (): void => {
    while (running < slots) {
      const making = waiting.shift();
      if (making === undefined) return;
      if (making.isOver) continue;
      running++;
      const begun = performance.now();
      void making.make();
      void making.ended.then(() => {
        running--;
        secondsEach = 0.8 * secondsEach + (0.2 * (performance.now() - begun)) / 1000;
        runNext();
      });
    }
  };
  const later = (ms: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timer.unref();
    timers.add(timer);
  };
  const queued = () => waiting.filter(({ isOver }) => !isOver).length;
  const etaSeconds = () => (running < slots ? 0 : Math.max(0.1, (secondsEach * (queued() + 1)) / slots));

  return {
    start(request, { contentType, make }) {
      const { requestId, deadline } = request;
      const there = known.get(requestId);
      if (there !== undefined) {
        if (factsOf(there.request) !== factsOf(request))
          throw new Refusal(409, "CONFLICT", "This request id belongs to another request.", "Use a new id.");
        return { making: there, isNew: false };
      }
      if (running >= slots && queued() >= queue) {
        const wait = Math.max(1, Math.ceil(etaSeconds()));
        throw new Refusal(503, "BUSY", "All slots are taken.", `Try again in ${wait} s.`, wait);
      }
      const making = createMaking(request, contentType, make);
      known.set(requestId, making);
      if (deadline !== undefined)
        later(Date.parse(deadline) - Date.now(), () => making.cancel("The deadline has passed."));
      void making.ended.then(() => later(rememberedMs, () => known.delete(requestId)));
      waiting.push(making);
      runNext();
      return { making, isNew: true };
    },
    cancel(requestId) {
      known.get(requestId)?.cancel("The generation was cancelled.");
    },
    health: () => ({
      status: running >= slots && queued() >= queue ? "busy" : "ready",
      slots,
      free: slots - running,
      queued: queued(),
      etaSeconds: etaSeconds(),
    }),
    async close() {
      for (const making of known.values()) making.cancel("The generator was stopped.");
      for (const timer of timers) clearTimeout(timer);
      known.clear();
    },
  };
}

/**
 * Returns, as JSON, the fields that must be the same in a repeated request. Only the deadline and
 * the delivery, which contains a token, are allowed to differ.
 */
const factsOf = ({ deadline: _, delivery: __, ...facts }: GenerateRequest): string => JSON.stringify(facts);
