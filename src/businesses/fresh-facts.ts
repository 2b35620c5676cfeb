// Caches values from a store for a few seconds. The time is counted from the start of the read.
import { LRUCache } from "lru-cache";

/**
 * The time in milliseconds for which a value is cached. A revoked credential has to be refused in every process within
 * five seconds. The remaining 1.5 seconds are for reading the value again and for ending open responses.
 */
const rememberedMs = 3_500;
const rememberedMax = 10_000;

export interface Fact<Value> {
  readonly value: Value;
  /**
   * The time of expiry, on the clock of performance.now(), which does not change when the system's
   * clock is set. When a fact is removed from the cache, the time becomes minus infinity.
   */
  readonly untilMs: number;
}

export const isFresh = ({ untilMs }: Fact<unknown>): boolean => performance.now() < untilMs;

export interface FreshFacts<Value> {
  /**
   * Returns the cached fact, or a promise of a new fact. Concurrent calls share one read. If the read fails, the
   * promise rejects with the error of the read, and nothing is cached.
   */
  find(name: string): Fact<Value> | Promise<Fact<Value>>;
  /**
   * Removes the fact with this name from the cache. Callers that already have the fact see it expire at once. Callers
   * that wait for a read of the fact get an expired fact, and the result of this read is not cached.
   */
  forget(name: string): void;
  /** Does the same as `forget`, for all names. */
  clear(): void;
}

export function createFreshFacts<Value>(read: (name: string) => Promise<Value>): FreshFacts<Value> {
  type Remembered = { value: Value; untilMs: number };
  type Reading = { isForgotten: boolean; fact: Promise<Remembered> };
  const remembered = new LRUCache<string, Remembered>({
    max: rememberedMax,
    // A fact that is evicted from the cache expires at once. Otherwise callers could use it even after `forget`,
    // because `forget` finds only facts in the cache.
    dispose: (fact) => {
      fact.untilMs = Number.NEGATIVE_INFINITY;
    },
  });
  const readings = new Map<string, Reading>();

  async function readFact(name: string, reading: Reading): Promise<Remembered> {
    const untilMs = performance.now() + rememberedMs;
    try {
      const fact = { value: await read(name), untilMs };
      if (reading.isForgotten) fact.untilMs = Number.NEGATIVE_INFINITY;
      else remembered.set(name, fact);
      return fact;
    } finally {
      if (readings.get(name) === reading) readings.delete(name);
    }
  }

  const forgetReading = (name: string, reading: Reading): void => {
    reading.isForgotten = true;
    readings.delete(name);
  };

  return {
    find(name) {
      const known = remembered.get(name);
      if (known !== undefined && isFresh(known)) return known;
      const underWay = readings.get(name);
      if (underWay !== undefined) return underWay.fact;
      const reading = { isForgotten: false } as Reading;
      readings.set(name, reading);
      reading.fact = readFact(name, reading);
      return reading.fact;
    },
    forget(name) {
      remembered.delete(name);
      const reading = readings.get(name);
      if (reading !== undefined) forgetReading(name, reading);
    },
    clear() {
      remembered.clear();
      for (const [name, reading] of readings) forgetReading(name, reading);
    },
  };
}
