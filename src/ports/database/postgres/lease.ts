// Leases a connection to one caller until the caller releases it.
import type { PostgresAnswer, PostgresConnection } from "./connection.ts";
import { transactionEnded } from "../refusals.ts";

export interface PostgresLease {
  /** Like `send` of the connection. Throws INTERNAL after the release. */
  send(sql: string, values: readonly unknown[], answerMsMax: number): Promise<PostgresAnswer>;
  /** Ends the lease. Call it only when every answer has arrived and no transaction is open. */
  release(): void;
  /** Ends the connection. Call it instead of `release` if an answer may be missing or a transaction may be open. */
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
