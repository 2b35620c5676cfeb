// Starts and ends tails. A tail follows the new chunks of one stream for all listeners of the stream in this process.
// The tail stays open for a moment after the last listener has left.
import { type StreamKey, streamName } from "../../ports/chunk-store/chunk-store.ts";
import { versionOfAudio } from "../stream-keys.ts";
import { type Tail, type TailDeps, startTail } from "./tail.ts";

export interface Tails {
  /**
   * Returns undefined for a missing stream. If the state of the stream can't be read, throws the error of the store.
   * Call `leave` exactly one time for each call that returned a tail.
   */
  join(key: StreamKey): Promise<{ readonly tail: Tail; leave(): void } | undefined>;
  /** Ends the tail of a stream that no longer exists. The next listener at the same key gets a new tail. */
  drop(key: StreamKey): void;
  /** Returns how many listeners hear music of this business now. Listeners of other streams are not counted. */
  listenersOf(businessId: string): number;
  close(): void;
}

interface Held {
  readonly key: StreamKey;
  readonly tail: Promise<Tail | undefined>;
  listeners: number;
  leaving?: ReturnType<typeof setTimeout>;
}

/** How long a tail without listeners stays open. In this time, a client of long-polls sends its next request. */
const lingerMs = 1_000;

export function createTails(deps: TailDeps): Tails {
  const held = new Map<string, Held>();

  const release = (name: string, entry: Held): void => {
    if (held.get(name) !== entry) return;
    held.delete(name);
    deps.counters.tails--;
    void entry.tail.then(
      (tail) => tail?.stop(),
      () => undefined,
    );
  };

  const leave = (name: string, entry: Held): void => {
    entry.listeners--;
    if (entry.listeners > 0) return;
    entry.leaving = setTimeout(() => release(name, entry), lingerMs);
    entry.leaving.unref();
  };

  const enter = (name: string, key: StreamKey): Held => {
    const known = held.get(name);
    if (known !== undefined) return known;
    const entry: Held = { key, tail: startTail(deps, key), listeners: 0 };
    held.set(name, entry);
    deps.counters.tails++;
    return entry;
  };

  const started = async (name: string, entry: Held): Promise<Tail | undefined> => {
    try {
      return await entry.tail;
    } catch (err) {
      release(name, entry);
      throw err;
    }
  };

  return {
    async join(key) {
      const name = streamName(key);
      for (;;) {
        const isNew = !held.has(name);
        const entry = enter(name, key);
        clearTimeout(entry.leaving);
        entry.listeners++;
        const tail = await started(name, entry);
        if (tail?.state() !== undefined) return { tail, leave: () => leave(name, entry) };
        release(name, entry);
        // If the tail was started for an earlier listener, it can have ended meanwhile. Then a new tail is started.
        if (isNew) return undefined;
      }
    },
    drop(key) {
      const entry = held.get(streamName(key));
      if (entry !== undefined) release(streamName(key), entry);
    },
    listenersOf(businessId) {
      let sum = 0;
      for (const { key, listeners } of held.values())
        if (key.businessId === businessId && versionOfAudio(key) !== undefined) sum += listeners;
      return sum;
    },
    close() {
      for (const [name, entry] of [...held]) {
        clearTimeout(entry.leaving);
        release(name, entry);
      }
    },
  };
}
