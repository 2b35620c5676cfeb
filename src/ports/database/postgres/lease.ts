// Leases a connection to one caller until the caller releases it.
import type { PostgresAnswer, PostgresConnection } from "./connection.ts";
import { transactionEnded } from "../refusals.ts";

/** The first call of `release` or `destroy` ends the lease. Further calls of these methods do nothing. */
export interface PostgresLease {
  /** Like `send` of the connection. After the end of the lease, the promise is rejected with INTERNAL. */
  send(sql: string, values: readonly unknown[], answerMsMax: number): Promise<PostgresAnswer>;
  /** Call this method only if every answer has arrived and no transaction is open. */
  release(): void;
  /** Also ends the connection. Call this method if an answer is possibly missing or a transaction possibly open. */
  destroy(reason: unknown): void;
}

export type LeaseKind = "transaction" | "long";

export function createLease(connection: PostgresConnection, onRelease: () => void): PostgresLease {
  let held = true;
  const giveBack = (): boolean => {
    const wasHeld = held;
    held = false;
    return wasHeld;
  };
  return {
    send: (...args) => (held ? connection.send(...args) : Promise.reject(transactionEnded())),
    release() {
      if (giveBack()) onRelease();
    },
    destroy(reason) {
      if (giveBack()) connection.destroy(reason);
    },
  };
}
