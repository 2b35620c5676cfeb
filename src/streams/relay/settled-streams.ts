// Streams that will never change, remembered for an instant: a thousand who read the same finished one ask the store once.
import type { StreamKey, StreamState } from "../../ports/chunk-store/chunk-store.ts";

export interface SettledStreams {
  /** Undefined unless it was seen closed within the last moments. A delete by another process shows after them. */
  find(key: StreamKey): StreamState | undefined;
  see(key: StreamKey, state: StreamState): void;
  forget(key: StreamKey): void;
}

const freshMs = 5;
const keptMax = 4_096;

export function createSettledStreams(): SettledStreams {
  const seen = new Map<string, { readonly state: StreamState; readonly untilMs: number }>();
  return {
    find(key) {
      const entry = seen.get(nameOf(key));
      return entry !== undefined && performance.now() < entry.untilMs ? entry.state : undefined;
    },
    see(key, state) {
      if (!state.closed || state.ttlSeconds !== undefined || state.expiresAtMs !== undefined) return;
      if (seen.size >= keptMax) seen.clear();
      seen.set(nameOf(key), { state, untilMs: performance.now() + freshMs });
    },
    forget(key) {
      seen.delete(nameOf(key));
    },
  };
}

const nameOf = ({ businessId, path }: StreamKey): string => `${businessId.length}:${businessId}${path}`;
