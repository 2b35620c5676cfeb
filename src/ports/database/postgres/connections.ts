// Opens at most `max` connections to one database. Short statements of many callers share
// connections. A transaction or a long statement gets a connection that no other caller uses
// meanwhile.
import { createLease, type LeaseKind, type PostgresLease } from "./lease.ts";
import { applySettings, sharedMsMax } from "./client.ts";
import { openPostgresConnection, type PostgresAnswer, type PostgresConnection } from "./connection.ts";
import { allTaken, databaseClosed, leftOpen } from "../refusals.ts";

/**
 * A short statement that waits for a connection. The calls come in one of these orders:
 * - `sent`, then either `answered` or `refused`, even if `over` has become true meanwhile;
 * - only `refused`, if the connections were closed, or if no connection is open and none can be opened;
 * - none, if `over` becomes true before the statement is sent.
 */
export interface Turn {
  readonly sql: string;
  readonly values: readonly unknown[];
  /** Whether the caller already has a result or an error. Then the statement is not sent. */
  readonly over: boolean;
  /** Whether the run time of the statement is unknown. Then other statements should not wait behind this one. */
  readonly isUnknown: boolean;
  sent(): void;
  answered(answer: PostgresAnswer): void;
  refused(reason: unknown): void;
}

interface LeaseOptions {
  readonly kind: LeaseKind;
  readonly waitMsMax: number;
  /**
   * Returns whether the caller no longer wants the lease. The promise of `lease` then usually stays pending for ever.
   * If it resolves nevertheless, the caller has to release the lease.
   */
  readonly isOver?: () => boolean;
}

export interface PostgresConnections {
  share(turn: Turn): void;
  /**
   * Errors:
   * - UNAVAILABLE, if no connection is free within `waitMsMax`, or after `close`;
   * - the driver's error, if no connection is open and none can be opened.
   */
  lease(options: LeaseOptions): Promise<PostgresLease>;
  /**
   * Closes all connections. The statements that were sent have a second to end. Every caller that
   * waits for a connection, and each later call, gets UNAVAILABLE.
   */
  close(): Promise<void>;
}

export interface PostgresConnectionsOptions {
  readonly url: string;
  readonly max: number;
}

interface LeaseAsk {
  readonly kind: LeaseKind;
  readonly granted: PromiseWithResolvers<PostgresLease>;
  readonly giveUp: ReturnType<typeof setTimeout>;
  readonly isOver: () => boolean;
  /**
   * The connection that is reserved for this lease. It accepts no further statements. The lease is granted when the
   * connection has answered all statements that were sent before.
   */
  slot: Slot | undefined;
}

interface Slot {
  readonly connection: PostgresConnection;
  readonly openedAt: number;
  ready: boolean;
  leasedFor: LeaseKind | undefined;
  wantedBy: LeaseAsk | undefined;
  unknown: number;
  usedAt: number;
}

/**
 * The maximum number of unanswered statements per connection. A larger number would not make the
 * statements faster, and each statement waits for all earlier ones.
 */
const inFlightMax = 8;
/** If every connection has this many unanswered statements, another connection is opened in advance. */
const busyFrom = 4;
const idleMs = 30_000;
const lifeMs = 45 * 60_000;
const sweepMs = 2_000;
const connectMsMax = 10_000;
const pauseMs = (failures: number): number => Math.min(50 * 2 ** failures, 500);

export function createPostgresConnections({ url, max }: PostgresConnectionsOptions): PostgresConnections {
  const slots = new Set<Slot>();
  const turns: Turn[] = [];
  const asks = new Set<LeaseAsk>();
  let failures = 0;
  let openAgainAt = 0;
  let pause: ReturnType<typeof setTimeout> | undefined;
  let sweeping: ReturnType<typeof setInterval> | undefined;
  let isClosed = false;

  function dispatch(): void {
    if (isClosed) return;
    takeTurns();
    grantLeases();
    openIfNeeded();
  }

  function takeTurns(): void {
    while (turns.length > 0) {
      if (turns[0]!.over) turns.shift();
      else {
        const slot = freestSlot();
        if (slot === undefined) return;
        sendTurn(turns.shift()!, slot);
      }
    }
  }

  /**
   * Returns the connection with the fewest unanswered statements, or undefined if the next statement has to wait. A
   * connection whose statement has an unknown run time is avoided as long as another connection can be opened, or is just
   * being opened.
   */
  function freestSlot(): Slot | undefined {
    const mayWait = canOpen() || isOpening();
    let freest: Slot | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const slot of slots) {
      const inFlight = slot.connection.inFlight();
      if (!isShared(slot) || inFlight >= inFlightMax || (slot.unknown > 0 && mayWait)) continue;
      const before = inFlight + slot.unknown * inFlightMax;
      if (before < fewest) {
        freest = slot;
        fewest = before;
      }
    }
    return freest;
  }

  function sendTurn(turn: Turn, slot: Slot): void {
    slot.usedAt = performance.now();
    const unknown = turn.isUnknown ? 1 : 0;
    slot.unknown += unknown;
    turn.sent();
    slot.connection.send(turn.sql, turn.values, sharedMsMax).then(
      (answer) => {
        slot.unknown -= unknown;
        // If a transaction stayed open on this connection, the next writes of other callers would belong to this
        // transaction.
        if (answer.transaction === "none") turn.answered(answer);
        else {
          turn.refused(leftOpen());
          slot.connection.destroy(leftOpen());
        }
        dispatch();
      },
      (err: unknown) => {
        slot.unknown -= unknown;
        turn.refused(err);
        dispatch();
      },
    );
  }

  function grantLeases(): void {
    for (const slot of slots)
      if (slot.wantedBy !== undefined && slot.connection.inFlight() === 0) grant(slot.wantedBy, slot);
    if (asks.size === 0) return;
    let may = { transaction: mayHold("transaction"), long: mayHold("long") };
    for (const ask of asks) {
      // There can be many waiting callers, so the loop ends as soon as no connection is available.
      if (!may.transaction && !may.long) return;
      if (ask.isOver()) forget(ask);
      else if (ask.slot === undefined && may[ask.kind]) {
        const slot = choose(ask);
        if (slot === undefined) return;
        if (slot.connection.inFlight() === 0) grant(ask, slot);
        may = { transaction: mayHold("transaction"), long: mayHold("long") };
      }
    }
  }

  /**
   * Returns whether another lease of this kind can be granted. With several connections, leases of one kind never take
   * all of them: one connection is left for leases of the other kind and for short statements. Leases of both kinds
   * together can take all connections.
   */
  function mayHold(kind: LeaseKind): boolean {
    const most = Math.max(canOpen() ? max : slots.size, 1);
    const held = [...slots].map(({ leasedFor, wantedBy }) => leasedFor ?? wantedBy?.kind);
    const alike = held.filter((holder) => holder === kind).length;
    return held.filter((holder) => holder !== undefined).length < most && alike < Math.max(most - 1, 1);
  }

  function choose(ask: LeaseAsk): Slot | undefined {
    const free = [...slots]
      .filter(isShared)
      .toSorted((a, b) => a.connection.inFlight() - b.connection.inFlight());
    const slot = free[0];
    if (slot === undefined || (slot.connection.inFlight() > 0 && (canOpen() || isOpening())))
      return undefined;
    slot.wantedBy = ask;
    ask.slot = slot;
    return slot;
  }

  function grant(ask: LeaseAsk, slot: Slot): void {
    forget(ask);
    slot.leasedFor = ask.kind;
    slot.usedAt = performance.now();
    const onRelease = (): void => {
      slot.leasedFor = undefined;
      slot.usedAt = performance.now();
      dispatch();
    };
    ask.granted.resolve(createLease(slot.connection, onRelease));
  }

  function forget(ask: LeaseAsk): void {
    clearTimeout(ask.giveUp);
    asks.delete(ask);
    if (ask.slot !== undefined) ask.slot.wantedBy = undefined;
  }

  const canOpen = (): boolean => slots.size < max && performance.now() >= openAgainAt;

  function isOpening(): boolean {
    for (const { ready } of slots) if (!ready) return true;
    return false;
  }

  function openIfNeeded(): void {
    const waits = turns.length > 0 || [...asks].some(({ slot }) => slot === undefined);
    if (slots.size >= max || isOpening()) return;
    if (!waits && ![...slots].every(({ connection }) => connection.inFlight() >= busyFrom)) return;
    if (!waits && slots.size === 0) return;
    const waitMs = openAgainAt - performance.now();
    if (waitMs <= 0) open();
    else
      pause ??= setTimeout(() => {
        pause = undefined;
        dispatch();
      }, waitMs);
  }

  function open(): void {
    const now = performance.now();
    const onEnd = (reason: unknown): void => ended(slot, reason);
    const connection = openPostgresConnection({ url, onEnd });
    const slot: Slot = {
      connection,
      openedAt: now,
      ready: false,
      leasedFor: undefined,
      wantedBy: undefined,
      unknown: 0,
      usedAt: now,
    };
    slots.add(slot);
    sweeping ??= setInterval(sweep, sweepMs);
    sweeping.unref();
    connection.send(applySettings, [], connectMsMax).then(
      () => {
        slot.ready = true;
        failures = 0;
        dispatch();
      },
      (err: unknown) => connection.destroy(err),
    );
  }

  function ended(slot: Slot, reason: unknown): void {
    slots.delete(slot);
    if (slot.wantedBy !== undefined) slot.wantedBy.slot = undefined;
    if (slots.size === 0) {
      clearInterval(sweeping);
      sweeping = undefined;
    }
    if (!slot.ready) {
      openAgainAt = performance.now() + pauseMs(failures);
      failures += 1;
      if (slots.size === 0) refuseAll(reason);
    }
    dispatch();
  }

  function refuseAll(reason: unknown): void {
    for (const turn of turns.splice(0)) if (!turn.over) turn.refused(reason);
    for (const ask of asks) {
      forget(ask);
      ask.granted.reject(reason);
    }
  }

  function sweep(): void {
    const now = performance.now();
    for (const slot of slots) {
      slot.connection.checkSilence();
      const unused = slot.ready && isShared(slot) && slot.connection.inFlight() === 0;
      if (unused && (now - slot.usedAt > idleMs || now - slot.openedAt > lifeMs)) {
        void slot.connection.close();
        ended(slot, undefined);
      }
    }
  }

  return {
    share(turn) {
      if (isClosed) {
        turn.refused(databaseClosed());
        return;
      }
      turns.push(turn);
      dispatch();
    },
    lease({ kind, waitMsMax, isOver = () => false }) {
      if (isClosed) return Promise.reject(databaseClosed());
      const granted = Promise.withResolvers<PostgresLease>();
      const giveUp = setTimeout(() => {
        forget(ask);
        granted.reject(allTaken());
        dispatch();
      }, waitMsMax);
      const ask: LeaseAsk = { kind, granted, giveUp, isOver, slot: undefined };
      asks.add(ask);
      dispatch();
      return granted.promise;
    },
    async close() {
      isClosed = true;
      clearInterval(sweeping);
      clearTimeout(pause);
      refuseAll(databaseClosed());
      const connections = [...slots].map(({ connection }) => connection);
      slots.clear();
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}

const isShared = ({ ready, leasedFor, wantedBy }: Slot): boolean =>
  ready && leasedFor === undefined && wantedBy === undefined;
