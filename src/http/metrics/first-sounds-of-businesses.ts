// Stores in memory, for the console, how long the latest pieces of a business took from the request to the first sound.
// The times of at most 1,000 businesses are stored. When a further business is added, the times of the business that
// was not used for the longest time are removed.
import { LRUCache } from "lru-cache";
import type { Streams } from "../../streams/streams.ts";

const businessesMax = 1_000;
const piecesMax = 200;

export interface FirstSoundsOfBusinesses {
  /**
   * Returns how many milliseconds each of the latest pieces (at most 200) took until its first sound, oldest first.
   * Only pieces that someone played in this process within 30 seconds after the request are known.
   */
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
