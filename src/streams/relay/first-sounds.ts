// Measures the time from the request of a piece to its first sound, for the first listener in this process.
import { LRUCache } from "lru-cache";
import { type StreamKey, streamName } from "../../ports/chunk-store/chunk-store.ts";
import { versionOfAudio } from "../stream-keys.ts";
import type { Tail } from "./tail.ts";

export interface FirstSounds {
  /** Call this when a listener has joined a stream. Does nothing before the first `onHeard`. */
  joined(key: StreamKey, tail: Tail): void;
  /**
   * From now on, `see` is called once for each piece, when the first listener in this process can hear its first sound.
   * `ms` is the time since the request of the piece, in milliseconds. `see` is not called if the first listener joins
   * later than 30 seconds after the request, or if the stream is closed or deleted without sound. A second call of
   * `onHeard` adds another function.
   */
  onHeard(see: (businessId: string, ms: number) => void): void;
}

/**
 * The maximum time in milliseconds from the request of a piece until a listener joins. A listener who joins later does
 * not count, because this listener did not wait for the first sound.
 */
const requestedMsMax = 30_000;
const rememberedMax = 10_000;

export function createFirstSounds(now: () => number = Date.now): FirstSounds {
  const seen = new LRUCache<string, true>({ max: rememberedMax });
  const sees: ((businessId: string, ms: number) => void)[] = [];
  return {
    joined(key, tail) {
      const requestedAt = requestedAtOf(versionOfAudio(key));
      if (requestedAt === undefined || sees.length === 0) return;
      if (now() - requestedAt > requestedMsMax || seen.has(streamName(key))) return;
      seen.set(streamName(key), true);
      const heard = () => {
        for (const see of sees) see(key.businessId, Math.max(0, now() - requestedAt));
      };
      if ((tail.state()?.tail ?? 0) > 0) return heard();
      const stop = tail.onChange((state) => {
        if (state !== undefined && state.tail === 0 && !state.closed) return;
        stop();
        if (state !== undefined && state.tail > 0) heard();
      });
    },
    onHeard: (see) => void sees.push(see),
  };
}

/**
 * Returns the time at which a version was requested. The id of a version is a UUID of version 7, which begins with
 * that time.
 */
function requestedAtOf(versionId: string | undefined): number | undefined {
  const [, high, low] = /^([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(versionId ?? "") ?? [];
  return high === undefined ? undefined : Number.parseInt(`${high}${low}`, 16);
}
