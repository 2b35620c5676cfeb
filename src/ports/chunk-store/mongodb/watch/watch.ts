// Detects changes that any process makes to the watched streams of one business. One query covers
// up to 1,000 streams. The query runs after change notifications from MongoDB, and also at
// intervals. The intervals are shorter if a stream has changed recently.
import type { Connection } from "../connection.ts";
import type { Collections } from "../documents.ts";
import type { ChangeNotifications } from "./change-notifications.ts";
import type { Logs, Place } from "../log.ts";
import { isExpired, logOf } from "../streams.ts";

export interface Watch {
  readonly path: string;
  /** Called after changes, and sometimes although nothing has changed. Must not throw. */
  readonly changed: () => void;
  /** The instant at which the watch began, in epoch milliseconds. */
  readonly sinceMs: number;
}

export interface StreamWatch {
  /** Watches until the signal is aborted. If the signal is already aborted, does nothing. */
  add(watch: Watch, signal: AbortSignal): void;
  /**
   * Must be called after each write of this process. Calls the listeners of the stream soon after
   * this call. `written` is the state of the log after the write, if known.
   */
  noteWrite(path: string, written?: { readonly stream: string; readonly place: Place }): void;
  close(): void;
}

interface Watched {
  readonly path: string;
  readonly listeners: Set<() => void>;
  /**
   * An instant in epoch milliseconds. When a search finds a stream at this path, the listeners are called in two cases:
   * the stream was created after this instant, so it is new to the listeners, or the stream has entries. When a search
   * finds no stream, the value becomes 0, because every stream that is found later is new.
   */
  sinceMs: number;
  log: { readonly stream: string; next: number; closed: boolean } | undefined;
  polledAt: number;
}

/**
 * The polling intervals. Of the rows whose `quietMs` is longer than the time since the last change, the first one is
 * used. Example: 30 seconds after the last change, the interval is 20 ms.
 */
const paces = [
  { quietMs: 5_000, everyMs: 10 },
  { quietMs: 60_000, everyMs: 20 },
  { quietMs: 600_000, everyMs: 60 },
  { quietMs: Number.POSITIVE_INFINITY, everyMs: 200 },
];
/** The polling interval while change notifications work. Polling finds changes whose notification was lost. */
const notifiedPollMs = 1_000;
/** A closed or missing stream is polled at most once in this time. After a notification, it is polled at once. */
const idlePollMs = 100;
const restMsMax = 500;
const streamsPerQuery = 1_000;

export function createStreamWatch(
  { run }: Pick<Connection, "run">,
  { streams, chunks }: Collections,
  logs: Logs,
  notifications?: ChangeNotifications,
): StreamWatch {
  const watched = new Map<string, Watched>();
  const byStream = new Map<string, Watched>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isPolling = false;
  let isNotified = false;
  let hasNotifications = false;
  let changedAt = performance.now();
  let listening: AbortController | undefined;

  const changed = (entry: Watched): void => {
    changedAt = performance.now();
    for (const listener of [...entry.listeners]) listener();
  };

  /** Looks for streams that were not found before, and finds the ends of their logs. */
  const find = async (entries: readonly Watched[]): Promise<void> => {
    const paths = entries.map(({ path }) => path);
    const found = await run(() => streams.find({ path: { $in: paths }, state: "live" }).toArray());
    const byPath = new Map(found.map((document) => [document.path, document]));
    for (const entry of entries) {
      const document = byPath.get(entry.path);
      if (document === undefined || isExpired(document)) {
        entry.sinceMs = 0;
        continue;
      }
      const { next, closed } = await logs.endOf(logOf(document));
      if (watched.get(entry.path) !== entry) continue;
      entry.log = { stream: document._id, next, closed };
      byStream.set(document._id, entry);
      // It is not known whether the entries were added before or after the watch began. An unnecessary call of the
      // listeners is better than a missing call.
      if (next > 0 || document.createdAt.getTime() > entry.sinceMs) changed(entry);
    }
  };

  /** Finds, with one query, the entries after the last known entry of each of these streams. */
  const poll = async (entries: readonly Watched[]): Promise<void> => {
    const places = entries.flatMap(({ log }) =>
      log === undefined ? [] : [{ stream: log.stream, seq: { $gte: log.next } }],
    );
    if (places.length === 0) return;
    const found = await run(() =>
      chunks
        .find({ $or: places }, { projection: { _id: 0, stream: 1, seq: 1, end: 1, gone: 1 } })
        .sort({ stream: 1, seq: 1 })
        .toArray(),
    );
    const grown = new Set<Watched>();
    for (const { stream, seq, end, gone } of found) {
      const entry = byStream.get(stream);
      // Two kinds of entries are skipped. If the seq is too high, an earlier entry is still missing: a generator that
      // writes to MongoDB directly can add entries in another order. If the seq is too low, `noteWrite` has already
      // counted the entry during the query.
      if (entry?.log === undefined || seq !== entry.log.next) continue;
      entry.log.next = seq + 1;
      entry.log.closed ||= end === true;
      grown.add(entry);
      if (gone === true) {
        byStream.delete(stream);
        entry.log = undefined;
        entry.sinceMs = 0;
      }
    }
    for (const entry of grown) changed(entry);
  };

  const round = async (): Promise<void> => {
    const nowMs = performance.now();
    const due = [...watched.values()].filter((entry) => {
      const isIdle = entry.log === undefined ? entry.sinceMs === 0 : entry.log.closed;
      return isNotified || !isIdle || nowMs - entry.polledAt >= idlePollMs;
    });
    isNotified = false;
    for (const entry of due) entry.polledAt = nowMs;
    for (let at = 0; at < due.length; at += streamsPerQuery) {
      const part = due.slice(at, at + streamsPerQuery);
      await poll(part);
      const unknown = part.filter(({ log }) => log === undefined);
      if (unknown.length > 0) await find(unknown);
    }
  };

  const schedule = (delayMs: number): void => {
    if (isPolling || watched.size === 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => void pollNow(), delayMs);
  };

  const pollNow = async (): Promise<void> => {
    isPolling = true;
    const beganAt = performance.now();
    try {
      await round();
    } catch {
      // The error is not reported here: if the server is unreachable, the callers of the chunk store
      // get an error from their own calls. The next round tries again.
    }
    isPolling = false;
    const nowMs = performance.now();
    const { everyMs } = paces.find(({ quietMs }) => nowMs - changedAt < quietMs) ?? paces[0]!;
    // Change notifications don't help to find a new stream. So polling is faster until all watched streams are found.
    const notifiedMs = byStream.size < watched.size ? idlePollMs : notifiedPollMs;
    // Without change notifications, a slow poll is followed by a longer pause, to spare the server: twice the duration
    // of the poll, but at most `restMsMax`.
    const paceMs = hasNotifications
      ? notifiedMs
      : Math.max(everyMs, Math.min(2 * (nowMs - beganAt), restMsMax));
    schedule(isNotified ? 0 : paceMs);
  };

  const start = (): void => {
    listening ??= new AbortController();
    notifications?.({
      signal: listening.signal,
      notify(stream) {
        if (!byStream.has(stream)) return;
        isNotified = true;
        schedule(0);
      },
      setWorking(works) {
        hasNotifications = works;
        isNotified = true;
        schedule(0);
      },
    });
  };

  const stop = (): void => {
    clearTimeout(timer);
    listening?.abort();
    listening = undefined;
    hasNotifications = false;
  };

  const remove = (path: string, listener: () => void): void => {
    const entry = watched.get(path);
    if (!entry?.listeners.delete(listener) || entry.listeners.size > 0) return;
    watched.delete(path);
    if (entry.log !== undefined) byStream.delete(entry.log.stream);
    if (watched.size === 0) stop();
  };

  return {
    add({ path, changed: listener, sinceMs }, signal) {
      if (signal.aborted) return;
      if (watched.size === 0) start();
      let entry = watched.get(path);
      if (entry === undefined) {
        entry = { path, listeners: new Set(), sinceMs, log: undefined, polledAt: 0 };
        watched.set(path, entry);
      }
      entry.listeners.add(listener);
      signal.addEventListener("abort", () => remove(path, listener), { once: true });
      changedAt = performance.now();
      schedule(0);
    },
    noteWrite(path, written) {
      const entry = watched.get(path);
      if (entry === undefined) return;
      const { log } = entry;
      if (log !== undefined && log.stream === written?.stream && log.next < written.place.next) {
        log.next = written.place.next;
        log.closed = written.place.closed;
      }
      queueMicrotask(() => changed(entry));
    },
    close() {
      watched.clear();
      byStream.clear();
      stop();
    },
  };
}
