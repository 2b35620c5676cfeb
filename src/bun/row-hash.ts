// Computes a hash of a table's rows that doesn't depend on the order of the rows.
import type { Lines } from "../ports/database/table-copy.ts";

export interface Fingerprint {
  readonly rows: number;
  /** The sum of the hashes of all rows, as 16 hex digits. */
  readonly hash: string;
}

export interface RowHash {
  add(lines: Lines): void;
  /** Adds one row. The hash of the row is computed over the UTF-8 bytes of the line. */
  addRow(line: string | Uint8Array): void;
  readonly rows: number;
  fingerprint(): Fingerprint;
}

/**
 * Each row is hashed to 64 bits, and the hashes are added. The sum does not depend on the order of the rows, and it
 * changes if a row is repeated. The sum finds accidental differences. It doesn't protect against forged rows.
 */
export function createRowHash(): RowHash {
  // The array makes the sum wrap around at 64 bits.
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
