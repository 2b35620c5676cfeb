// What SQLite's own functions leave out: letters beyond A to Z, and a refusal where a number leaves its type.
import type { Database } from "bun:sqlite";
import { foldText } from "./fold-text.ts";
import { numberOutOfRange } from "./refusals.ts";

/**
 * SQLite turns integers beyond 64 bits into floating-point numbers without a word. Each of these throws
 * NUMBER_OUT_OF_RANGE instead. Integers arrive as bigint, floating-point numbers as number.
 */
const checks: Readonly<Record<string, (...values: SqliteNumber[]) => SqliteNumber>> = {
  /** The result of whole-number arithmetic. */
  rondo_whole: (value) => (typeof value === "number" ? refuse() : value),
  /** What a column of 32 bits gets; SQLite's own hold 64. */
  rondo_integer: (value) =>
    value === null || (typeof value === "bigint" && BigInt.asIntN(32, value) === value) ? value : refuse(),
  /** A sum that was taken in two halves: of the upper bits, and of the lower 32. */
  rondo_sum: (high, low) => {
    if (typeof high !== "bigint" || typeof low !== "bigint") return null;
    const sum = (high << 32n) + low;
    return BigInt.asIntN(64, sum) === sum ? sum : refuse();
  },
  rondo_finite: (value) => (typeof value === "number" && !Number.isFinite(value) ? refuse() : value),
  rondo_product: (one, other) => {
    if (one === null || other === null) return null;
    const product = Number(one) * Number(other);
    const vanishes = product === 0 && Number(one) !== 0 && Number(other) !== 0;
    return Number.isFinite(product) && !vanishes ? product : refuse();
  },
};

/** Fractions from the least up, as Postgres adds them: SQLite's own sum carries what rounding takes away. */
function totalOf(list: string | null): number | null {
  if (list === null) return null;
  const numbers = list.split(",").map(Number);
  const total = numbers.sort((one, other) => one - other).reduce((sum, one) => sum + one);
  return Number.isFinite(total) ? total : refuse();
}

type SqliteNumber = bigint | number | null;

export function addFunctions(db: Database): void {
  db.function("rondo_fold", { deterministic: true }, ofText(foldText));
  db.function(
    "rondo_lower",
    { deterministic: true },
    ofText((text) => text.toLowerCase()),
  );
  db.function("rondo_total", totalOf);
  // Not marked as deterministic: SQLite would calculate with constants before it knows that there is a row.
  for (const [name, check] of Object.entries(checks)) db.function(name, { safeIntegers: true }, check);
}

/** SQLite's own lower() knows A to Z only. */
const ofText =
  (change: (text: string) => string) =>
  (value: unknown): string | null =>
    value === null ? null : change(String(value));

function refuse(): never {
  throw numberOutOfRange();
}
