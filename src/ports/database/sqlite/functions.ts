// Adds functions that SQLite lacks, such as case folding of letters beyond A to Z, exact decimals, and errors for
// numbers that exceed their type.
import type { Database } from "bun:sqlite";
import { hash } from "node:crypto";
import { decimalLimit, decimalText, fitsDecimal, withoutDigits } from "../decimals.ts";
import { foldText } from "../fold-text.ts";
import { hasWords, ownedWords, searchWords } from "../search-words.ts";
import { addCalendarFunctions } from "./calendar-functions.ts";
import { numberOutOfRange, writesPaused } from "../refusals.ts";

/**
 * SQLite accepts a result that is too large for its type. For example, SQLite converts an integer beyond 64 bits to a
 * floating-point number. Therefore these functions check results, and throw NUMBER_OUT_OF_RANGE if a number exceeds its
 * type. They get integers as bigint, and floating-point numbers as number. Null is accepted.
 */
const checks: Readonly<Record<string, (...values: SqliteNumber[]) => SqliteNumber>> = {
  /** Checks the result of integer arithmetic. */
  rondo_whole: (value) => (typeof value === "number" ? refuse() : value),
  /** Checks a value for a column of 32 bits, because SQLite's own integer columns have 64 bits. */
  rondo_integer: (value) =>
    value === null || (typeof value === "bigint" && BigInt.asIntN(32, value) === value) ? value : refuse(),
  /** Checks a sum that was computed in two parts: the upper bits and the lower 32 bits. */
  rondo_sum: (high, low) => {
    if (typeof high !== "bigint" || typeof low !== "bigint") return null;
    const sum = (high << 32n) + low;
    return BigInt.asIntN(64, sum) === sum ? sum : refuse();
  },
  rondo_finite: (value) => (typeof value === "number" && !Number.isFinite(value) ? refuse() : value),
  /**
   * Multiplies two numbers. Also refuses a product that is too small: one that is rounded to 0 though no factor is 0.
   */
  rondo_product: (one, other) => {
    if (one === null || other === null) return null;
    const product = Number(one) * Number(other);
    const vanishes = product === 0 && Number(one) !== 0 && Number(other) !== 0;
    return Number.isFinite(product) && !vanishes ? product : refuse();
  },
};

/** Rounds half away from zero, based on the shortest decimal form of the number. */
function rounded(value: number | null, digits: number | null): number | null {
  if (value === null) return null;
  const [mantissa = "", exponent = "0"] = String(Math.abs(value)).split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const excess = fraction.length - Number(exponent) - Number(digits);
  if (excess <= 0) return value;
  const dropped = withoutDigits(BigInt(whole + fraction), Math.min(excess, 400));
  return dropped === 0n ? 0 : Math.sign(value) * Number(`${dropped}e-${digits}`);
}

/**
 * Returns a percentile of the numbers. A share of 0.5 gives the median. A percentile between two of the numbers is
 * interpolated, as on Postgres. Without numbers, returns null.
 */
function percentileOf(numbers: readonly number[], share: number): number | null {
  const sorted = Float64Array.from(numbers).sort();
  if (sorted.length === 0) return null;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const least = sorted[below]!;
  return place === below ? least : least + (place - below) * (sorted[below + 1]! - least);
}

/**
 * Calculations with decimals, which are stored as integers (decimals.ts). `digits` is the number of decimal places that
 * are added or removed, and `scale` is the number of decimal places of a value. If an argument is null, the result is
 * null. If a result has too many digits for a decimal, the function throws NUMBER_OUT_OF_RANGE; only
 * `rondo_comparable` does not throw.
 */
const ofDecimals: Readonly<Record<string, (...values: bigint[]) => bigint | number | string>> = {
  rondo_decimal: (value) => decimal(value!),
  rondo_scale_up: (value, digits) => decimal(value! * 10n ** digits!),
  rondo_scale_down: (value, digits) => decimal(withoutDigits(value!, Number(digits))),
  /**
   * Scales an integer up to compare it with decimals. An integer that is too large for a decimal is not refused: the
   * result is then `decimalLimit`, which is greater than all decimals, or `-decimalLimit`, which is less than all
   * decimals.
   */
  rondo_comparable: (value, digits) => {
    const scaled = value! * 10n ** digits!;
    return scaled >= decimalLimit ? decimalLimit : scaled <= -decimalLimit ? -decimalLimit : scaled;
  },
  /** Returns the product of two decimals without its last `digits` digits. The remaining digits are rounded. */
  rondo_times: (one, other, digits) => decimal(withoutDigits(one! * other!, Number(digits))),
  /**
   * Returns `one / other * 10 ** digits`, rounded to a whole number. `digits` can be negative. If `other` is 0, the
   * result is null.
   */
  rondo_ratio: (one, other, digits) => decimal(ratioOf(one!, other!, digits!)),
  rondo_decimal_text: (value, scale) => decimalText(value!, Number(scale)),
  rondo_decimal_real: (value, scale) => Number(decimalText(value!, Number(scale))),
};

function ratioOf(one: bigint, other: bigint, digits: bigint): bigint {
  const negative = one < 0n !== other < 0n;
  const [top, bottom] = [one < 0n ? -one : one, other < 0n ? -other : other];
  const dividend = 2n * top * (digits > 0n ? 10n ** digits : 1n);
  const divisor = bottom * (digits < 0n ? 10n ** -digits : 1n);
  const quotient = (dividend + divisor) / (2n * divisor);
  return negative ? -quotient : quotient;
}

const decimal = (whole: bigint): bigint => (fitsDecimal(whole) ? whole : refuse());

/**
 * Adds the numbers of the list, which are separated by commas. The numbers are added in ascending order, as in Rondo's
 * sums on Postgres. SQLite's own `sum` would give another result, because `sum` compensates for rounding errors. Throws
 * NUMBER_OUT_OF_RANGE if the sum is too large.
 */
function totalOf(list: string | null): number | null {
  if (list === null) return null;
  const numbers = list.split(",").map(Number);
  const total = numbers.sort((one, other) => one - other).reduce((sum, one) => sum + one);
  return Number.isFinite(total) ? total : refuse();
}

type SqliteNumber = bigint | number | null;

export function addFunctions(db: Database): void {
  db.function("rondo_fold", { deterministic: true }, ofText(foldText));
  // SQLite's own lower() changes only A to Z.
  db.function(
    "rondo_lower",
    { deterministic: true },
    ofText((text) => text.toLowerCase()),
  );
  db.function("rondo_total", totalOf);
  addCalendarFunctions(db);
  db.function(
    "rondo_md5",
    { deterministic: true },
    ofText((text) => hash("md5", text, "hex")),
  );
  db.function(
    "rondo_words",
    { deterministic: true },
    ofText((text) => searchWords(text).join(" ")),
  );
  db.function("rondo_owned_words", { deterministic: true }, (owner: unknown, text: unknown) =>
    ownedWords(String(owner), searchWords(String(text))).join(" "),
  );
  db.function("rondo_has_words", { deterministic: true }, (text: unknown, wanted: unknown) =>
    hasWords(String(text), String(wanted)) ? 1 : 0,
  );
  db.function("rondo_quotient", quotientOf);
  db.function("rondo_round", { deterministic: true }, rounded);
  db.aggregate("rondo_percentile", {
    start: (): { readonly numbers: number[]; share: number } => ({ numbers: [], share: 0 }),
    step(found, value: number | null, share: number) {
      if (value !== null) found.numbers.push(value);
      found.share = share;
      return found;
    },
    result: ({ numbers, share }) => percentileOf(numbers, share),
  });
  db.function("rondo_base64", { deterministic: true }, base64Of);
  db.function("rondo_bytes", { deterministic: true }, bytesOf);
  // A trigger calls this function while the database is being moved (copy/log.ts).
  db.function("rondo_paused", () => {
    throw writesPaused();
  });
  // These functions are not marked as deterministic. SQLite calls a deterministic function with constant arguments even
  // if the query finds no rows. Then the function could throw, and the query would fail without need.
  for (const [name, check] of Object.entries(checks)) db.function(name, { safeIntegers: true }, check);
  for (const [name, calculate] of Object.entries(ofDecimals)) {
    db.function(name, { safeIntegers: true, varargs: true }, (...values: SqliteNumber[]) =>
      values.includes(null) || (name === "rondo_ratio" && values[1] === 0n)
        ? null
        : calculate(...values.map(wholeNumber)),
    );
  }
}

/** Returns a function that also accepts other values than texts: null stays null, and others are converted to text. */
const ofText =
  (change: (text: string) => string) =>
  (value: unknown): string | null =>
    value === null ? null : change(String(value));

function quotientOf(one: number | null, other: number | null): number | null {
  if (one === null || other === null || other === 0) return null;
  const quotient = one / other;
  return Number.isFinite(quotient) && (quotient !== 0 || one === 0) ? quotient : refuse();
}

/**
 * Refuses a floating-point number. Such an argument is the result of integer arithmetic that exceeded 64 bits: SQLite
 * then returns a floating-point number, which is not exact.
 */
const wholeNumber = (value: SqliteNumber): bigint => (typeof value === "bigint" ? value : refuse());

const base64Of = (value: unknown): string | null =>
  value instanceof Uint8Array ? Buffer.from(value).toString("base64") : null;
const bytesOf = (value: unknown): Uint8Array | null =>
  typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : null;

function refuse(): never {
  throw numberOutOfRange();
}
