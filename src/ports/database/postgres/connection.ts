// Opens one connection to Postgres with pipelined statements: a statement is sent before the
// earlier statements are answered. When the connection ends, every waiting caller gets an error and
// no further statement is sent.
import type { SqlRow } from "../database.ts";
import { isConnectionLost, openPostgresClient } from "./client.ts";

export interface PostgresAnswer {
  readonly rows: readonly SqlRow[];
  /**
   * The command of the statement, such as "SELECT" or "COMMIT". If `sql` contained several
   * statements, `rows`, `command` and `count` belong to the last statement.
   */
  readonly command: string;
  readonly count: number;
  /** The transaction state of the connection after the statement. */
  readonly transaction: "none" | "open" | "failed";
  /**
   * The time in milliseconds that the server needed for this statement. It begins when the statement is sent, or when
   * the previous answer arrives, whichever is later. It ends when the answer arrives.
   */
  readonly activeMs: number;
}

export interface PostgresConnection {
  /** Returns the number of statements that have no answer yet. */
  inFlight(): number;
  /**
   * Sends a statement. Statements are answered in the order in which they were sent. `answerMsMax`
   * is the time limit of the statement in milliseconds, which `checkSilence` uses. If the statement
   * fails, the promise rejects with the driver's error. If the connection has ended or ends before
   * the answer, the promise rejects with the reason for the end.
   */
  send(sql: string, values: readonly unknown[], answerMsMax: number): Promise<PostgresAnswer>;
  /**
   * Call this function regularly. If statements wait for an answer and the server has sent no answer for too long, this
   * function ends the connection. The limit is `silenceMsMax` plus the longest `answerMsMax` of the statements that
   * were sent since the connection was last idle.
   */
  checkSilence(): void;
  /** Ends the connection immediately. Every waiting caller gets `reason`. */
  destroy(reason: unknown): void;
  /** Closes a connection that has no waiting callers. */
  close(): Promise<void>;
}

export interface PostgresConnectionOptions {
  readonly url: string;
  /** Is called one time, when the connection ends for any reason except a call of `close`. */
  readonly onEnd: (reason: unknown) => void;
}

/**
 * When the time limit of a statement is over, the server has this many more milliseconds to send an answer. Then the
 * connection is treated as dead.
 */
const silenceMsMax = 20_000;
const transactions: Readonly<Record<number, PostgresAnswer["transaction"]>> = { 73: "none", 84: "open" };

interface DriverRows extends ReadonlyArray<SqlRow> {
  readonly command?: string;
  readonly count?: number | null;
  /** The transaction status from the ReadyForQuery message. Our patch of the driver adds this field. */
  readonly status?: number;
}

export function openPostgresConnection({ url, onEnd }: PostgresConnectionOptions): PostgresConnection {
  const client = openPostgresClient({ url, onEnd: () => destroy(connectionClosed()) });
  const waiting = new Set<(reason: unknown) => void>();
  let ended: { readonly reason: unknown } | undefined;
  let inFlight = 0;
  let progressAt = 0;
  let answerMsAllowed = 0;

  function destroy(reason: unknown): void {
    if (ended !== undefined) return;
    ended = { reason };
    for (const refuse of waiting) refuse(reason);
    waiting.clear();
    void client.end({ timeout: 0 }).catch(() => undefined);
    onEnd(reason);
  }

  /** Records an answer. Returns `activeMs` of the answer, or undefined if the caller already got an error. */
  function settle(refuse: (reason: unknown) => void, sentAt: number): number | undefined {
    if (!waiting.delete(refuse)) return undefined;
    const now = performance.now();
    const activeMs = now - Math.max(sentAt, progressAt);
    progressAt = now;
    inFlight -= 1;
    if (inFlight === 0) answerMsAllowed = 0;
    return activeMs;
  }

  function send(sql: string, values: readonly unknown[], answerMsMax: number): Promise<PostgresAnswer> {
    if (ended !== undefined) return Promise.reject(ended.reason);
    return new Promise((resolve, reject) => {
      const sentAt = performance.now();
      if (inFlight === 0) progressAt = sentAt;
      if (answerMsMax > answerMsAllowed) answerMsAllowed = answerMsMax;
      inFlight += 1;
      waiting.add(reject);
      client.unsafe(sql, values as never[], { prepare: true }).then(
        (rows) => {
          const activeMs = settle(reject, sentAt);
          if (activeMs !== undefined) resolve(answerOf(rows as unknown as DriverRows, activeMs));
        },
        (err: unknown) => {
          if (settle(reject, sentAt) !== undefined) reject(err);
          if (isConnectionLost(err)) destroy(err);
        },
      );
    });
  }

  return {
    inFlight: () => inFlight,
    send,
    checkSilence() {
      if (inFlight > 0 && performance.now() - progressAt > answerMsAllowed + silenceMsMax)
        destroy(connectionClosed());
    },
    destroy,
    async close() {
      if (ended !== undefined) return;
      ended = { reason: connectionClosed() };
      await client.end({ timeout: 1 });
    },
  };
}

function answerOf(result: DriverRows, activeMs: number): PostgresAnswer {
  const transaction = transactions[result.status ?? 0] ?? "failed";
  // If a message contains several statements, the result is a list of answers.
  const last = result.command === undefined ? ((result.at(-1) ?? []) as unknown as DriverRows) : result;
  return { rows: last, command: last.command ?? "", count: last.count ?? 0, transaction, activeMs };
}

const connectionClosed = (): Error =>
  Object.assign(new Error("The connection has ended."), { code: "CONNECTION_CLOSED" });
