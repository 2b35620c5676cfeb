// Hashes the rows of a table, independently of their order.
import type { Lines } from "../ports/database/table-copy.ts";

export interface Fingerprint {
  readonly rows: number;
  /** The sum of the rows' hashes, as 16 hex digits. */
  readonly hash: string;
}

export interface RowHash {
  add(lines: Lines): void;
  readonly rows: number;
  fingerprint(): Fingerprint;
}

/** Each row is hashed to 64 bits, and the hashes are added, so that the order has no effect but a repeated row has. */
export function createRowHash(): RowHash {
  let sum = 0n;
  let rows = 0;
  return {
    add(lines) {
      for (const line of lines) sum += Bun.hash.xxHash64(line);
      rows += lines.length;
    },
    get rows() {
      return rows;
    },
    fingerprint: () => ({ rows, hash: BigInt.asUintN(64, sum).toString(16).padStart(16, "0") }),
  };
}
