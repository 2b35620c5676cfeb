// Hashes the rows of a table, independently of their order.
import type { Lines } from "../ports/database/table-copy.ts";

export interface Fingerprint {
  readonly rows: number;
  /** The sum of the rows' hashes, as 16 hex digits. */
  readonly hash: string;
}

export interface RowHash {
  add(lines: Lines): void;
  /** The hash of one row, over the bytes of its line in UTF-8. */
  addRow(line: string | Uint8Array): void;
  readonly rows: number;
  fingerprint(): Fingerprint;
}

/** Each row is hashed to 64 bits, and the hashes are added, so that the order has no effect but a repeated row has. */
export function createRowHash(): RowHash {
  // The array wraps the sum to 64 bits.
  const sum = new BigUint64Array(1);
  let rows = 0;
  const addRow = (line: string | Uint8Array): void => {
    sum[0]! += Bun.hash.xxHash64(line);
    rows += 1;
  };
  return {
    add(lines) {
      for (const line of lines) addRow(line);
    },
    addRow,
    get rows() {
      return rows;
    },
    fingerprint: () => ({ rows, hash: sum[0]!.toString(16).padStart(16, "0") }),
  };
}
