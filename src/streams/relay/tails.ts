// Which streams are tailed: one tail for all who listen to a stream, kept a moment after the last one left.
import type { StreamKey } from "../../ports/chunk-store/chunk-store.ts";
import { type Tail, type TailDeps, startTail } from "./tail.ts";

export interface Tails {
  /** Undefined when there is no such stream. Call `leave` once for every tail got. */
  join(key: StreamKey): Promise<{ readonly tail: Tail; leave(): void } | undefined>;
  /** The tail turned out to be of a stream that is no more: who joins next gets a new one. */
  drop(key: StreamKey): void;
  close(): void;
}

interface Held {
  readonly tail: Promise<Tail | undefined>;
  listeners: number;
  leaving?: ReturnType<typeof setTimeout>;
}

/** A long-poll comes back within it, and finds the tail running. */
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
    const entry: Held = { tail: startTail(deps, key), listeners: 0 };
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
      const name = nameOf(key);
      for (;;) {
        const isNew = !held.has(name);
        const entry = enter(name, key);
        clearTimeout(entry.leaving);
        entry.listeners++;
        const tail = await started(name, entry);
        if (tail?.state() !== undefined) return { tail, leave: () => leave(name, entry) };
        release(name, entry);
        // One that was held may have ended since: look anew.
        if (isNew) return undefined;
      }
    },
    drop(key) {
      const entry = held.get(nameOf(key));
      if (entry !== undefined) release(nameOf(key), entry);
    },
    close() {
      for (const [name, entry] of [...held]) {
        clearTimeout(entry.leaving);
        release(name, entry);
      }
    },
  };
}

const nameOf = ({ businessId, path }: StreamKey): string => `${businessId.length}:${businessId}${path}`;
