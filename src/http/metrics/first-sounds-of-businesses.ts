// Remembers how soon the latest pieces of each business were heard, for the console.
import { LRUCache } from "lru-cache";
import type { Streams } from "../../streams/streams.ts";

const businessesMax = 1_000;
const piecesMax = 200;

export interface FirstSoundsOfBusinesses {
  /** The times in milliseconds of the latest pieces that were heard in this process. */
  of(businessId: string): readonly number[];
}

export function watchFirstSoundsOfBusinesses(firstSounds: Streams["firstSounds"]): FirstSoundsOfBusinesses {
  const known = new LRUCache<string, number[]>({ max: businessesMax });
  firstSounds.onHeard((businessId, ms) => {
    const times = known.get(businessId) ?? [];
    times.push(ms);
    if (times.length > piecesMax) times.shift();
    known.set(businessId, times);
  });
  return { of: (businessId) => known.get(businessId) ?? [] };
}
