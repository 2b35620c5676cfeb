// A connection that one caller has to itself until it is given back, once.
import type { PostgresAnswer, PostgresLine } from "./postgres-line.ts";
import { transactionEnded } from "./refusals.ts";

export interface PostgresLease {
  /** As a line's; INTERNAL once it was given back. */
  send(sql: string, values: readonly unknown[], answerMsMax: number): Promise<PostgresAnswer>;
  /** To be called when every answer has come and no transaction is open. */
  release(): void;
  /** Instead, when that is not certain. */
  destroy(reason: unknown): void;
}

export type LeaseKind = "transaction" | "long";

export function createLease(line: PostgresLine, onRelease: () => void): PostgresLease {
  let held = true;
  const giveBack = (): boolean => {
    const wasHeld = held;
    held = false;
    return wasHeld;
  };
  return {
    send: (...args) => (held ? line.send(...args) : Promise.reject(transactionEnded())),
    release() {
      if (giveBack()) onRelease();
    },
    destroy(reason) {
      if (giveBack()) line.destroy(reason);
    },
  };
}
