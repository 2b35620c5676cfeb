// Runs statements on the connections of one database. Within the time limit of the call, each caller gets the answer to
// its statement, or an error. An answer that arrives later is discarded.
import { isConnectionLost, isPlanOutdated, isStopped, sharedMsMax } from "./client.ts";
import type { PostgresAnswer } from "./connection.ts";
import type { PostgresLease } from "./lease.ts";
import { createPostgresConnections, type Turn } from "./connections.ts";
import { createPaces, type Pace } from "./pace.ts";
import { leftOpen, tooSlow } from "../refusals.ts";

export interface PostgresPool {
  /**
   * Runs one statement. If the server stopped the statement early, or refused it before it ran, the
   * pool can send it again within the time limit. Throws QUERY_TIMEOUT after `timeoutMs` (default:
   * `statementMsMax`); the server may have executed the statement nevertheless. Throws INTERNAL if
   * the statement leaves a transaction open. Also throws the driver's errors.
   */
  run(sql: string, values: readonly unknown[], timeoutMs?: number): Promise<PostgresAnswer>;
  /**
   * Reserves a connection for a transaction. Throws UNAVAILABLE if no connection becomes free
   * within 30 seconds, and the driver's error if no connection can be opened.
   */
  lease(): Promise<PostgresLease>;
  /** Closes all connections. Every caller that waits for a connection, and each later call, gets UNAVAILABLE. */
  close(): Promise<void>;
}

export interface PostgresPoolOptions {
  readonly url: string;
  readonly max: number;
}

/**
 * The time limit in milliseconds for callers that set none. The server also limits each statement, so a statement ends
 * even if this process no longer exists.
 */
export const statementMsMax = 120_000;
/**
 * The tolerance of `wasStoppedEarly`, in milliseconds. The server can stop a statement a little before its deadline. If
 * at most this time is left until the deadline, the statement counts as stopped by its own time limit.
 */
const earlyMs = 50;
const leaseWaitMsMax = 30_000;

interface Ask extends Turn {
  readonly timeoutMs: number;
  readonly deadline: number;
  readonly pace: Pace;
  isUnknown: boolean;
  over: boolean;
  wasSent: boolean;
  wasRepeated: boolean;
  wasStopped: boolean;
  finish(answer: PostgresAnswer): void;
  fail(reason: unknown): void;
}

export function openPostgresPool({ url, max }: PostgresPoolOptions): PostgresPool {
  const connections = createPostgresConnections({ url, max });
  const paces = createPaces();
  /**
   * The calls that measure the run time of a statement for the first time: at most one call for each statement, and at
   * most `max` calls in all. Other calls of statements with an unknown run time wait in `untried`.
   */
  const trials = new Map<Pace, Ask>();
  let untried: Ask[] = [];

  function start(ask: Ask): void {
    if (ask.over) return;
    const { pace } = ask;
    if (pace.place === "apart") {
      void runApart(ask);
      return;
    }
    ask.isUnknown = pace.place === "unknown";
    if (ask.isUnknown) {
      if (trials.has(pace) || trials.size >= max) {
        untried.push(ask);
        return;
      }
      trials.set(pace, ask);
    }
    connections.share(ask);
  }

  function endTrial(ask: Ask): void {
    if (trials.get(ask.pace) !== ask) return;
    trials.delete(ask.pace);
    const waiting = untried;
    untried = [];
    for (const next of waiting) start(next);
  }

  function refused(ask: Ask, reason: unknown): void {
    const again = mayRepeat(ask, reason);
    if (isStopped(reason)) paces.note(ask.pace, sharedMsMax, true);
    else if (!isConnectionLost(reason) && ask.wasSent && !again) paces.note(ask.pace, 0);
    endTrial(ask);
    if (isStopped(reason)) void runApart(ask);
    else if (again) start(ask);
    else ask.fail(reason);
  }

  async function runApart(ask: Ask): Promise<void> {
    if (ask.over) return;
    try {
      const { deadline } = ask;
      // The wait for a lease ends a second after the deadline. So the caller always gets the error of
      // the timer in `run`, which ends at the deadline.
      const waitMsMax = deadline - performance.now() + 1_000;
      const lease = await connections.lease({ kind: "long", waitMsMax, isOver: () => ask.over });
      await runOn(lease, ask, Math.ceil(deadline - performance.now()));
    } catch (err) {
      ask.fail(err);
    }
  }

  async function runOn(lease: PostgresLease, ask: Ask, leftMs: number): Promise<void> {
    if (ask.over || leftMs <= 0) {
      lease.release();
      return;
    }
    const limited = lease.send(`set statement_timeout = ${leftMs}`, [], sharedMsMax);
    const answer = lease.send(ask.sql, ask.values, leftMs);
    const reset = lease.send(`set statement_timeout = ${sharedMsMax}`, [], sharedMsMax);
    answer.then(
      (given) => {
        paces.note(ask.pace, given.activeMs);
        if (given.transaction === "none") ask.finish(given);
        else ask.fail(leftOpen());
      },
      (err: unknown) => {
        if (mayRepeat(ask, err) || wasStoppedEarly(ask, err)) start(ask);
        else ask.fail(isStopped(err) ? tooSlow(ask.timeoutMs) : err);
      },
    );
    const [, , last] = await Promise.allSettled([limited, answer, reset]);
    if (last.status === "fulfilled" && last.value.transaction === "none") lease.release();
    else lease.destroy(last.status === "rejected" ? last.reason : leftOpen());
  }

  return {
    run: (sql, values, timeoutMs = statementMsMax) =>
      new Promise((resolve, reject) => {
        const expire = (): void => {
          ask.fail(tooSlow(timeoutMs));
          if (!ask.wasSent) endTrial(ask);
        };
        const timer = setTimeout(expire, timeoutMs);
        const pace = paces.of(sql);
        const settle = (): boolean => {
          if (ask.over) return false;
          ask.over = true;
          clearTimeout(timer);
          return true;
        };
        const ask: Ask = {
          sql,
          values,
          timeoutMs,
          deadline: performance.now() + timeoutMs,
          pace,
          isUnknown: false,
          over: false,
          wasSent: false,
          wasRepeated: false,
          wasStopped: false,
          sent() {
            ask.wasSent = true;
          },
          answered(answer) {
            paces.note(pace, answer.activeMs);
            endTrial(ask);
            ask.finish(answer);
          },
          refused: (reason) => refused(ask, reason),
          finish(answer) {
            if (settle()) resolve(answer);
          },
          fail(reason) {
            if (settle()) reject(reason);
          },
        };
        start(ask);
      }),
    lease: () => connections.lease({ kind: "transaction", waitMsMax: leaseWaitMsMax }),
    close: () => connections.close(),
  };
}

/**
 * Returns whether the statement can be prepared and run again, because the server refused it before
 * it ran. Returns true at most one time for each call of `run`.
 */
function mayRepeat(ask: Ask, reason: unknown): boolean {
  if (ask.wasRepeated || ask.over || !isPlanOutdated(reason)) return false;
  ask.wasRepeated = true;
  return true;
}

/**
 * Returns whether the statement was stopped before its own time limit, so that it can be sent again. There are two
 * possible reasons:
 * - An administrator has stopped the statement.
 * - The `set` statement of `runOn` was stopped. So the connection still had the lower limit `sharedMsMax`.
 *
 * Returns true at most one time for each call of `run`.
 */
function wasStoppedEarly(ask: Ask, reason: unknown): boolean {
  const isEarly = ask.deadline - performance.now() > earlyMs;
  if (ask.wasStopped || ask.over || !isStopped(reason) || !isEarly) return false;
  ask.wasStopped = true;
  return true;
}
