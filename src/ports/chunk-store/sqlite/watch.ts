// Detects changes that any process makes to watched streams, with one cheap query per watched file. The query runs
// after a file event, and at an interval in case an event was lost.
import { type FileEvents, openFileEvents } from "./file-events.ts";
import type { ChunkFile } from "./file.ts";
import { fileNameOf } from "./file-name.ts";

export interface FileWatch {
  /**
   * Calls `changed` after changes of the stream at `path`, until the signal is aborted. One call can report several
   * changes. When any stream of the business is removed, `changed` is called for all watched streams of the business.
   * `file` must stay open as long as `isWatched` returns true for the business.
   */
  add(businessId: string, file: ChunkFile, path: string, changed: () => void, signal: AbortSignal): void;
  /**
   * Must be called after a write of this process. The watch can't detect such a write, because SQLite's `data_version`
   * changes only when another connection has written.
   */
  noteWrite(businessId: string, path: string): void;
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
  /** The timer of the next poll after a file event. It is set if the written data could not be read yet. */
  pollingAgain: ReturnType<typeof setTimeout> | undefined;
}

const pollMs = 3;
/**
 * The interval of slow polling. It is used for all files while file events arrive. If more than `busyFilesMax` files
 * are watched, it is always used for files that have not changed for `quietAfterMs`.
 */
const slowPollMs = 24;
const quietAfterMs = 2_000;
const busyFilesMax = 16;
/**
 * The suffix of SQLite's write-ahead log. The file event comes at the log's first new byte, but the data can be read
 * only after the last byte is written.
 */
const logSuffix = "-wal";
const pollAgainMs = 1;
const pollAgainMsMax = 8;

export function createFileWatch(directory: string): FileWatch {
  const watched = new Map<string, Watched>();
  const byFileName = new Map<string, Watched>();
  let events: FileEvents | undefined;
  /**
   * Whether file events arrive in time, so that slow polling is enough. Becomes true when a file event arrives. Becomes
   * false when polling finds a change before its file event.
   */
  let haveEvents = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  const setPace = (): void => {
    clearInterval(timer);
    timer = setInterval(poll, haveEvents ? slowPollMs : pollMs);
  };

  const noteFoundBy = (byEvent: boolean): void => {
    if (haveEvents === byEvent) return;
    haveEvents = byEvent;
    setPace();
  };

  const poll = (): void => {
    const nowMs = performance.now();
    for (const entry of watched.values()) {
      if (nowMs < entry.nextAt || entry.pollingAgain !== undefined) continue;
      if (pollFile(entry, nowMs)) noteFoundBy(false);
    }
  };

  const written = (fileName: string): void => {
    if (!fileName.endsWith(logSuffix)) return;
    const entry = byFileName.get(fileName.slice(0, -logSuffix.length));
    if (entry === undefined) return;
    noteFoundBy(true);
    clearTimeout(entry.pollingAgain);
    pollUntilChanged(entry, pollAgainMs);
  };

  const pollUntilChanged = (entry: Watched, againMs: number): void => {
    entry.pollingAgain = undefined;
    if (pollFile(entry, performance.now()) || againMs > pollAgainMsMax) return;
    entry.pollingAgain = setTimeout(() => pollUntilChanged(entry, againMs * 2), againMs);
  };

  /** Queries the file once. Returns true when something has changed. */
  const pollFile = (entry: Watched, nowMs: number): boolean => {
    const isQuiet = watched.size > busyFilesMax && nowMs - entry.quietSince > quietAfterMs;
    entry.nextAt = isQuiet ? nowMs + slowPollMs : 0;
    try {
      const version = entry.file.version();
      if (version === entry.version) return false;
      entry.quietSince = nowMs;
      const { now, all, paths } = entry.file.changesSince(entry.seen);
      // The version is set only after success, so that a failed query is repeated.
      entry.version = version;
      entry.seen = now;
      for (const path of all ? [...entry.listeners.keys()] : paths) call(entry.listeners.get(path));
      return true;
    } catch {
      // The error needs no report here, because each call of the store throws it, too. The file is polled again later.
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
    clearTimeout(entry.pollingAgain);
    watched.delete(businessId);
    byFileName.delete(fileNameOf(businessId));
    if (watched.size === 0) stop();
  };

  const start = (): void => {
    haveEvents = false;
    events = openFileEvents(directory, written);
    setPace();
  };

  const stop = (): void => {
    clearInterval(timer);
    events?.close();
    events = undefined;
  };

  return {
    add(businessId, file, path, changed, signal) {
      if (signal.aborted) return;
      let entry = watched.get(businessId);
      if (entry === undefined) {
        // The version is read before `file.now()`. If a commit comes between the two reads, the stored version is
        // outdated, and the next poll only runs an unnecessary query. In the other order, this commit would be missed.
        const version = file.version();
        entry = {
          file,
          listeners: new Map(),
          version,
          seen: file.now(),
          quietSince: performance.now(),
          nextAt: 0,
          pollingAgain: undefined,
        };
        watched.set(businessId, entry);
        byFileName.set(fileNameOf(businessId), entry);
        if (events === undefined) start();
      }
      const listeners = entry.listeners.get(path) ?? new Set();
      entry.listeners.set(path, listeners);
      listeners.add(changed);
      signal.addEventListener("abort", () => remove(businessId, path, changed), { once: true });
    },
    noteWrite(businessId, path) {
      const listeners = watched.get(businessId)?.listeners.get(path);
      if (listeners !== undefined) queueMicrotask(() => call(listeners));
    },
    isWatched: (businessId) => watched.has(businessId),
    close() {
      for (const entry of watched.values()) clearTimeout(entry.pollingAgain);
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
