// Detects changes of the watched streams of one business, by any process: one query for all of them, at an interval that adapts to activity, or on a notification of the server.
import type { Connection } from "./connection.ts";
import type { Collections } from "./documents.ts";
import type { Doorbell } from "./change-notifications.ts";
import type { Logs, Place } from "./log.ts";
import { isExpired, logOf } from "./streams.ts";

export interface Watch {
  readonly path: string;
  readonly changed: () => void;
  /** The instant at which the watch began, in epoch milliseconds. */
  readonly sinceMs: number;
}

export interface StreamWatch {
  add(watch: Watch, signal: AbortSignal): void;
  /** Call it after a write of this process, with the place after the write if it is known. */
  tell(path: string, written?: { readonly stream: string; readonly place: Place }): void;
  close(): void;
}

interface Watched {
  readonly path: string;
  readonly listeners: Set<() => void>;
  /** Changes after this place are reported. 0 reports every entry. */
  sinceMs: number;
  log: { readonly stream: string; next: number; closed: boolean } | undefined;
  askedAt: number;
}

/** The polling intervals, by the time since the last change. */
const paces = [
  { quietMs: 5_000, everyMs: 10 },
  { quietMs: 60_000, everyMs: 20 },
  { quietMs: 600_000, everyMs: 60 },
  { quietMs: Number.POSITIVE_INFINITY, everyMs: 200 },
];
/** The polling interval while change notifications work, in case one is lost. */
const unheardMs = 1_000;
/** The polling interval for streams that are closed or don't exist yet. */
const idleAskMs = 100;
const restMsMax = 500;
const streamsPerQuestion = 1_000;

export function createStreamWatch(
  { run }: Pick<Connection, "run">,
  { streams, chunks }: Collections,
  logs: Logs,
  doorbell?: Doorbell,
): StreamWatch {
  const watched = new Map<string, Watched>();
  const byStream = new Map<string, Watched>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isRung = false;
  let hasDoorbell = false;
  let changedAt = performance.now();
  let listening: AbortController | undefined;

  const changed = (entry: Watched): void => {
    changedAt = performance.now();
    for (const listener of [...entry.listeners]) listener();
  };

  /** Finds the starting place of streams that were not known to exist. */
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
      // The data may be newer than the watch. An unnecessary notification is better than a missing one.
      if (next > 0 || document.createdAt.getTime() > entry.sinceMs) changed(entry);
    }
  };

  /** One query for all watched streams: the entries after the last known place of each. */
  const ask = async (entries: readonly Watched[]): Promise<void> => {
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
      // The entry is not the next one: a direct writer left a gap.
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
      return isRung || !isIdle || nowMs - entry.askedAt >= idleAskMs;
    });
    isRung = false;
    for (const entry of due) entry.askedAt = nowMs;
    for (let at = 0; at < due.length; at += streamsPerQuestion) {
      const part = due.slice(at, at + streamsPerQuestion);
      await ask(part);
      const unknown = part.filter(({ log }) => log === undefined);
      if (unknown.length > 0) await find(unknown);
    }
  };

  const schedule = (delayMs: number): void => {
    if (isAsking || watched.size === 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => void askNow(), delayMs);
  };

  const askNow = async (): Promise<void> => {
    isAsking = true;
    const beganAt = performance.now();
    try {
      await round();
    } catch {
      // The server is unreachable: readers get the error, and the connection decides when to try again.
    }
    isAsking = false;
    const nowMs = performance.now();
    const { everyMs } = paces.find(({ quietMs }) => nowMs - changedAt < quietMs) ?? paces[0]!;
    // Wait twice as long as a slow server took to answer; poll soon again after a lost connection.
    const rungMs = byStream.size < watched.size ? idleAskMs : unheardMs;
    const paceMs = hasDoorbell ? rungMs : Math.max(everyMs, Math.min(2 * (nowMs - beganAt), restMsMax));
    schedule(isRung ? 0 : paceMs);
  };

  const start = (): void => {
    listening ??= new AbortController();
    doorbell?.({
      signal: listening.signal,
      ring(stream) {
        if (!byStream.has(stream)) return;
        isRung = true;
        schedule(0);
      },
      isAnswering(answers) {
        hasDoorbell = answers;
        isRung = true;
        schedule(0);
      },
    });
  };

  const stop = (): void => {
    clearTimeout(timer);
    listening?.abort();
    listening = undefined;
    hasDoorbell = false;
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
        entry = { path, listeners: new Set(), sinceMs, log: undefined, askedAt: 0 };
        watched.set(path, entry);
      }
      entry.listeners.add(listener);
      signal.addEventListener("abort", () => remove(path, listener), { once: true });
      changedAt = performance.now();
      schedule(0);
    },
    tell(path, written) {
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
