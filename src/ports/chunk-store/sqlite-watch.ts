// Tells which watched streams changed, whichever process wrote: one cheap question per watched file, a few times each 10 ms.
import type { ChunkFile } from "./sqlite-file.ts";

export interface FileWatch {
  /** Until the signal; the file must stay open as long as `isWatched`. */
  add(businessId: string, file: ChunkFile, path: string, changed: () => void, signal: AbortSignal): void;
  /** A write of this very process, which the file's version does not show. */
  tell(businessId: string, path: string): void;
  isWatched(businessId: string): boolean;
  close(): void;
}

interface Watched {
  readonly file: ChunkFile;
  readonly listeners: Map<string, Set<() => void>>;
  version: number;
  seen: number;
  quietSince: number;
  nextAt: number;
}

const pollMs = 3;
/** Files in which nothing has happened for a while are asked less often, when there are many. */
const quietAfterMs = 2_000;
const quietPollMs = 24;
const busyFilesMax = 16;

export function createFileWatch(): FileWatch {
  const watched = new Map<string, Watched>();
  let timer: ReturnType<typeof setInterval> | undefined;

  const poll = (): void => {
    const nowMs = performance.now();
    for (const entry of watched.values()) {
      if (nowMs < entry.nextAt) continue;
      ask(entry, nowMs);
    }
  };

  const ask = (entry: Watched, nowMs: number): void => {
    const isQuiet = watched.size > busyFilesMax && nowMs - entry.quietSince > quietAfterMs;
    entry.nextAt = isQuiet ? nowMs + quietPollMs : 0;
    try {
      const version = entry.file.version();
      if (version === entry.version) return;
      entry.quietSince = nowMs;
      const { now, all, paths } = entry.file.changesSince(entry.seen);
      // Only now: a failed question is asked again.
      entry.version = version;
      entry.seen = now;
      for (const path of all ? [...entry.listeners.keys()] : paths) call(entry.listeners.get(path));
    } catch {
      // The store is out of reach for now: whoever reads gets the error; the next round asks again.
      entry.nextAt = nowMs + quietPollMs;
    }
  };

  const remove = (businessId: string, path: string, changed: () => void): void => {
    const entry = watched.get(businessId);
    const listeners = entry?.listeners.get(path);
    if (entry === undefined || listeners === undefined) return;
    listeners.delete(changed);
    if (listeners.size === 0) entry.listeners.delete(path);
    if (entry.listeners.size > 0) return;
    watched.delete(businessId);
    if (watched.size === 0) stop();
  };

  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };

  return {
    add(businessId, file, path, changed, signal) {
      if (signal.aborted) return;
      let entry = watched.get(businessId);
      if (entry === undefined) {
        // The version first: a commit between the two questions is then seen twice rather than never.
        const version = file.version();
        entry = {
          file,
          listeners: new Map(),
          version,
          seen: file.now(),
          quietSince: performance.now(),
          nextAt: 0,
        };
        watched.set(businessId, entry);
      }
      const listeners = entry.listeners.get(path) ?? new Set();
      entry.listeners.set(path, listeners);
      listeners.add(changed);
      timer ??= setInterval(poll, pollMs);
      signal.addEventListener("abort", () => remove(businessId, path, changed), { once: true });
    },
    tell(businessId, path) {
      const listeners = watched.get(businessId)?.listeners.get(path);
      if (listeners !== undefined) queueMicrotask(() => call(listeners));
    },
    isWatched: (businessId) => watched.has(businessId),
    close() {
      watched.clear();
      stop();
    },
  };
}

function call(listeners: Set<() => void> | undefined): void {
  if (listeners === undefined) return;
  for (const changed of [...listeners]) changed();
}
