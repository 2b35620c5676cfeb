// Facts of a store, remembered for a few seconds that count from the moment when their reading began.
import { LRUCache } from "lru-cache";

/**
 * A second and a half less than the five within which an ended credential has to be refused everywhere:
 * reading a fact again and ending the answers that are open take the rest.
 */
const rememberedMs = 3_500;
const rememberedMax = 10_000;

export interface Fact<Value> {
  readonly value: Value;
  /** By performance.now(), which no change of the clock moves. In the past as soon as the fact is forgotten. */
  readonly untilMs: number;
}

export const isFresh = ({ untilMs }: Fact<unknown>): boolean => performance.now() < untilMs;

export interface FreshFacts<Value> {
  /** The remembered fact, or a promise of a new one. Many who ask at once cause one reading. */
  find(name: string): Fact<Value> | Promise<Fact<Value>>;
  /** Ends the fact for everyone who holds it; a reading under way is not remembered. */
  forget(name: string): void;
  clear(): void;
}

export function createFreshFacts<Value>(read: (name: string) => Promise<Value>): FreshFacts<Value> {
  type Remembered = { value: Value; untilMs: number };
  type Reading = { isForgotten: boolean; fact: Promise<Remembered> };
  const remembered = new LRUCache<string, Remembered>({
    max: rememberedMax,
    // Whoever holds a fact that is remembered no longer could not be told of its end.
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
