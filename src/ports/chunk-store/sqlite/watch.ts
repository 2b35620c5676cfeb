// Detects changes of watched streams by any process: one cheap query per watched file on a file event, and now and then in case an event is missing.
import { type FileBell, openFileBell } from "./file-events.ts";
import type { ChunkFile } from "./file.ts";
import { fileNameOf } from "./file-name.ts";

export interface FileWatch {
  /** Watches until the signal; the file must stay open as long as `isWatched`. */
  add(businessId: string, file: ChunkFile, path: string, changed: () => void, signal: AbortSignal): void;
  /** Call it after a write of this process, which doesn't change the file's version for our own connection. */
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
  /** A file event came before the written data could be read. */
  asking: ReturnType<typeof setTimeout> | undefined;
}

const pollMs = 3;
/** Files with working events are polled less often; so are idle files when there are many. */
const slowPollMs = 24;
const quietAfterMs = 2_000;
const busyFilesMax = 16;
/** SQLite writes a log file beside the database: the event comes at its first byte, but the data can be read only after the last. */
const logSuffix = "-wal";
const askAgainMs = 1;
const askAgainMsMax = 8;

export function createFileWatch(directory: string): FileWatch {
  const watched = new Map<string, Watched>();
  const byFileName = new Map<string, Watched>();
  let bell: FileBell | undefined;
  /** Whether no change was found since the last file event. */
  let isRinging = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  const setPace = (): void => {
    clearInterval(timer);
    timer = setInterval(poll, isRinging ? slowPollMs : pollMs);
  };

  const hear = (byBell: boolean): void => {
    if (isRinging === byBell) return;
    isRinging = byBell;
    setPace();
  };

  const poll = (): void => {
    const nowMs = performance.now();
    for (const entry of watched.values()) {
      if (nowMs < entry.nextAt || entry.asking !== undefined) continue;
      if (ask(entry, nowMs)) hear(false);
    }
  };

  const ring = (fileName: string): void => {
    if (!fileName.endsWith(logSuffix)) return;
    const entry = byFileName.get(fileName.slice(0, -logSuffix.length));
    if (entry === undefined) return;
    hear(true);
    clearTimeout(entry.asking);
    askUntilChanged(entry, askAgainMs);
  };

  const askUntilChanged = (entry: Watched, againMs: number): void => {
    entry.asking = undefined;
    if (ask(entry, performance.now()) || againMs > askAgainMsMax) return;
    entry.asking = setTimeout(() => askUntilChanged(entry, againMs * 2), againMs);
  };

  /** Polls the file; true when something had changed. */
  const ask = (entry: Watched, nowMs: number): boolean => {
    const isQuiet = watched.size > busyFilesMax && nowMs - entry.quietSince > quietAfterMs;
    entry.nextAt = isQuiet ? nowMs + slowPollMs : 0;
    try {
      const version = entry.file.version();
      if (version === entry.version) return false;
      entry.quietSince = nowMs;
      const { now, all, paths } = entry.file.changesSince(entry.seen);
      // Set only after success: a failed query is repeated.
      entry.version = version;
      entry.seen = now;
      for (const path of all ? [...entry.listeners.keys()] : paths) call(entry.listeners.get(path));
      return true;
    } catch {
      // The store is unavailable for now: readers get the error, and the next round polls again.
      entry.nextAt = nowMs + slowPollMs;
      return false;
    }
  };

  const remove = (businessId: string, path: string, changed: () => void): void => {
    const entry = watched.get(businessId);
    const listeners = entry?.listeners.get(path);
    if (entry === undefined || listeners === undefined) return;
    listeners.delete(changed);
    if (listeners.size === 0) entry.listeners.delete(path);
    if (entry.listeners.size > 0) return;
    clearTimeout(entry.asking);
    watched.delete(businessId);
    byFileName.delete(fileNameOf(businessId));
    if (watched.size === 0) stop();
  };

  const start = (): void => {
    isRinging = false;
    bell = openFileBell(directory, ring);
    setPace();
  };

  const stop = (): void => {
    clearInterval(timer);
    bell?.close();
    bell = undefined;
  };

  return {
    add(businessId, file, path, changed, signal) {
      if (signal.aborted) return;
      let entry = watched.get(businessId);
      if (entry === undefined) {
        // Read the version first: a commit between the two queries is then reported twice instead of never.
        const version = file.version();
        entry = {
          file,
          listeners: new Map(),
          version,
          seen: file.now(),
          quietSince: performance.now(),
          nextAt: 0,
          asking: undefined,
        };
        watched.set(businessId, entry);
        byFileName.set(fileNameOf(businessId), entry);
        if (bell === undefined) start();
      }
      const listeners = entry.listeners.get(path) ?? new Set();
      entry.listeners.set(path, listeners);
      listeners.add(changed);
      signal.addEventListener("abort", () => remove(businessId, path, changed), { once: true });
    },
    tell(businessId, path) {
      const listeners = watched.get(businessId)?.listeners.get(path);
      if (listeners !== undefined) queueMicrotask(() => call(listeners));
    },
    isWatched: (businessId) => watched.has(businessId),
    close() {
      for (const entry of watched.values()) clearTimeout(entry.asking);
      watched.clear();
      byFileName.clear();
      stop();
    },
  };
}

function call(listeners: Set<() => void> | undefined): void {
  if (listeners === undefined) return;
  for (const changed of [...listeners]) changed();
}
