// Caches the states of closed streams for five milliseconds, so that a thousand simultaneous readers of the same closed
// stream cause one query of the store.
import { type StreamKey, type StreamState, streamName } from "../../ports/chunk-store/chunk-store.ts";

export interface SettledStreams {
  /**
   * Returns the state that `see` cached in the last five milliseconds, or undefined if there is none. If the result is
   * undefined, the caller has to query the store. If another process deletes the stream, `find` can still return its
   * state for up to five milliseconds.
   */
  find(key: StreamKey): StreamState | undefined;
  /** Caches a state that was just read from the store. Ignores open streams and streams that can expire. */
  see(key: StreamKey, state: StreamState): void;
  forget(key: StreamKey): void;
}

const freshMs = 5;
const keptMax = 4_096;

export function createSettledStreams(): SettledStreams {
  const seen = new Map<string, { readonly state: StreamState; readonly untilMs: number }>();
  return {
    find(key) {
      const entry = seen.get(streamName(key));
      return entry !== undefined && performance.now() < entry.untilMs ? entry.state : undefined;
    },
    see(key, state) {
      if (!state.closed || state.ttlSeconds !== undefined || state.expiresAtMs !== undefined) return;
      if (seen.size >= keptMax) seen.clear();
      seen.set(streamName(key), { state, untilMs: performance.now() + freshMs });
    },
    forget(key) {
      seen.delete(streamName(key));
    },
  };
}
