// Keeps in memory how long the latest pieces of each business took from the request to the first
// sound, for the console.
import { LRUCache } from "lru-cache";
import type { Streams } from "../../streams/streams.ts";

const businessesMax = 1_000;
const piecesMax = 200;

export interface FirstSoundsOfBusinesses {
  /**
   * Returns how many milliseconds each of the latest 200 pieces took until its first sound, oldest
   * first. Only pieces that were played in this process are known. Empty if no piece is known.
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
