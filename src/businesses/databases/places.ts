// Limits the number of databases that are open on one server. Each open database occupies a place, and callers queue
// for a free place.
import { AppError } from "../../errors.ts";

/**
 * An open database, which occupies one place. If callers wait for a place, idle holders are closed. A holder that is in
 * use keeps its place for at least `turnMs`. If callers still wait then, its turn is over: new callers of its database
 * have to queue, and the holder is closed as soon as its current uses have ended.
 */
export interface Holder {
  /** The number of uses in progress. */
  users: number;
  /** The end of the last use, on the clock of performance.now(). */
  lastUsedMs: number;
  /** The start of the holder's turn, on the clock of performance.now(). */
  sinceMs: number;
  /**
   * Whether the turn of the holder is over. New callers of its database then have to queue for a place, and the holder
   * is closed when its current uses end.
   */
  isLeaving: boolean;
  isClosing: boolean;
  /** Whether the holder has lost its place, and is closed when its current uses end. */
  isRetired: boolean;
  close(): Promise<void>;
}

export interface Places<Held extends Holder> {
  /**
   * Resolves with the holder of the name, and counts one use of the holder. If the name has no holder, `open` creates
   * it as soon as a place is free. The names wait in one queue, in the order of their first callers; all waiting
   * callers of a name are admitted together. Rejects with UNAVAILABLE after `waitMs` milliseconds in the queue.
   */
  enter(name: string, open: () => Held): Promise<Held>;
  /** Ends one use. Call this method exactly one time for each holder that `enter` returned. */
  leave(name: string, holder: Held): void;
  /** Removes a holder that could not be opened. */
  drop(name: string, holder: Held): void;
  /**
   * Takes the place of a holder away, so that the next `enter` with the same `name` opens a new holder. The old holder
   * is closed when its uses end. Until then, more than `placesMax` databases can be open.
   */
  retire(name: string, holder: Held): void;
  /** Closes idle holders whose last use ended before this time, on the clock of performance.now(). */
  closeIdle(beforeMs: number): void;
}

export interface PlacesOptions<Held extends Holder> {
  /** The number of places. */
  readonly placesMax: number;
  readonly waitMs: number;
  /** The current holders by the names of their databases. `createPlaces` adds and removes holders. */
  readonly holders: Map<string, Held>;
}

interface Waiter<Held> {
  readonly open: () => Held;
  readonly admit: (holder: Held) => void;
}

/**
 * The minimum length of a turn, in milliseconds. A database opens in about ten milliseconds, so
 * even short turns waste little time.
 */
const turnMs = 250;

export function createPlaces<Held extends Holder>(options: PlacesOptions<Held>): Places<Held> {
  const { placesMax, waitMs, holders } = options;
  const mine = new Set<string>();
  const waiting = new Map<string, Set<Waiter<Held>>>();
  let closing = 0;
  let isTimed = false;

  /** Admits the next waiters while places are free, and frees places for the others. */
  function advance(): void {
    let isFull = false;
    for (const [name, [waiter, ...others]] of waiting) {
      const there = holders.get(name);
      if (waiter === undefined || there?.isClosing) continue;
      // After the first name that gets no place, all later names in the queue wait, too. Only the callers of a holder
      // whose turn is not over are still admitted.
      isFull ||= there === undefined && mine.size >= placesMax;
      if (isFull && (there === undefined || there.isLeaving)) continue;
      waiting.delete(name);
      const holder = there ?? take(name, waiter);
      if (holder.isLeaving) Object.assign(holder, { isLeaving: false, sinceMs: performance.now() });
      holder.users += 1 + others.length;
      for (const { admit } of [waiter, ...others]) admit(holder);
    }
    makeRoom();
  }

  function take(name: string, { open }: Waiter<Held>): Held {
    const holder = open();
    mine.add(name);
    holders.set(name, holder);
    return holder;
  }

  function makeRoom(): void {
    const wanted = waiting.size - closing;
    if (wanted <= 0) return;
    const held = [...mine].map((name) => [name, holders.get(name)!] as const);
    const idle = held
      .filter(([, holder]) => holder.users === 0 && !holder.isClosing)
      .sort(([, a], [, b]) => a.lastUsedMs - b.lastUsedMs)
      .slice(0, wanted);
    for (const [name, holder] of idle) void release(name, holder);
    endTurns(
      held.map(([, holder]) => holder).filter(({ isClosing }) => !isClosing),
      wanted - idle.length,
    );
  }

  /** Ends turns: a holder that is never idle would otherwise keep its place forever. */
  function endTurns(held: readonly Held[], wanted: number): void {
    let more = wanted - held.filter(({ isLeaving }) => isLeaving).length;
    if (more <= 0) return;
    const nowMs = performance.now();
    const inTurn = held.filter(({ isLeaving }) => !isLeaving).sort((a, b) => a.sinceMs - b.sinceMs);
    for (const holder of inTurn) {
      if (more <= 0) return;
      const restMs = holder.sinceMs + turnMs - nowMs;
      if (restMs > 0) {
        advanceIn(restMs);
        return;
      }
      holder.isLeaving = true;
      more -= 1;
    }
  }

  function advanceIn(ms: number): void {
    if (isTimed) return;
    isTimed = true;
    setTimeout(() => {
      isTimed = false;
      advance();
    }, ms);
  }

  async function release(name: string, holder: Held): Promise<void> {
    holder.isClosing = true;
    closing += 1;
    await holder.close().catch(() => undefined);
    closing -= 1;
    forget(name, holder);
    advance();
  }

  function closeRetired(holder: Held): void {
    if (holder.isClosing) return;
    holder.isClosing = true;
    void holder.close().catch(() => undefined);
  }

  function forget(name: string, holder: Held): void {
    if (holders.get(name) !== holder) return;
    holders.delete(name);
    mine.delete(name);
  }

  return {
    enter(name, open) {
      const waiters = waiting.get(name) ?? new Set<Waiter<Held>>();
      waiting.set(name, waiters);
      const { promise, resolve, reject } = Promise.withResolvers<Held>();
      const late = setTimeout(() => {
        waiters.delete(waiter);
        if (waiters.size === 0 && waiting.get(name) === waiters) waiting.delete(name);
        reject(noPlace());
      }, waitMs);
      const waiter: Waiter<Held> = {
        open,
        admit(holder) {
          clearTimeout(late);
          resolve(holder);
        },
      };
      waiters.add(waiter);
      advance();
      return promise;
    },
    leave(name, holder) {
      holder.users -= 1;
      holder.lastUsedMs = performance.now();
      if (holder.users > 0) return;
      if (holder.isRetired) {
        closeRetired(holder);
        return;
      }
      if (holder.isLeaving && !holder.isClosing && !waiting.has(name)) void release(name, holder);
      else if (waiting.size > 0) advance();
    },
    drop(name, holder) {
      forget(name, holder);
      advance();
    },
    retire(name, holder) {
      if (holder.isRetired || holder.isClosing) return;
      holder.isRetired = true;
      forget(name, holder);
      if (holder.users === 0) closeRetired(holder);
      advance();
    },
    closeIdle(beforeMs) {
      for (const name of mine) {
        const holder = holders.get(name);
        if (holder && holder.users === 0 && !holder.isClosing && holder.lastUsedMs < beforeMs)
          void release(name, holder);
      }
    },
  };
}

const noPlace = () =>
  new AppError(
    "UNAVAILABLE",
    "More businesses are active at once than the database server has connections for.",
    {
      hint: "Try again in a moment. The operator of this Rondo can raise the server's max_connections.",
      retryAfterSeconds: 2,
    },
  );
