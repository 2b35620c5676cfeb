// Leases a connection to one caller until it is released, once.
import type { PostgresAnswer, PostgresConnection } from "./connection.ts";
import { transactionEnded } from "../refusals.ts";

export interface PostgresLease {
  /** Like `send` of the connection; INTERNAL after the release. */
  send(sql: string, values: readonly unknown[], answerMsMax: number): Promise<PostgresAnswer>;
  /** Call it when every answer has arrived and no transaction is open. */
  release(): void;
  /** Ends the connection; call it instead of `release` when either is not certain. */
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
