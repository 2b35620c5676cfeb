// Represents exact decimal numbers as integers: with two decimal places, "12.50" is 1250.
import { decimalDigits } from "./column-types.ts";

/** The smallest integer that has too many digits for a decimal. */
export const decimalLimit = 10n ** BigInt(decimalDigits);

/** Returns whether an integer has at most `decimalDigits` digits. */
export const fitsDecimal = (whole: bigint): boolean => whole < decimalLimit && whole > -decimalLimit;

const written = /^(-?)(\d{1,18})(?:\.(\d{1,18}))?$/;

/**
 * Parses a decimal: with scale 2, "12.5" becomes 1250. Returns undefined for a string that is not a decimal, has more
 * decimal places than `scale`, or has too many digits. Zeros at the end are not counted: with scale 2, "1.5000" is
 * valid. But there can be at most 18 digits after the point, including such zeros.
 */
export function decimalOf(text: string, scale: number): bigint | undefined {
  const [, sign, whole, fraction = ""] = written.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const digits = fraction.replace(/0+$/, "");
  if (digits.length > scale) return undefined;
  const value = BigInt(`${sign}${whole}${digits.padEnd(scale, "0")}`);
  return fitsDecimal(value) ? value : undefined;
}

/** Formats an integer as a decimal with exactly `scale` decimal places: with scale 2, 1250 becomes "12.50". */
export function decimalText(value: bigint | number | string, scale: number): string {
  if (scale === 0) return String(value);
  const whole = BigInt(value);
  const digits = (whole < 0n ? -whole : whole).toString().padStart(scale + 1, "0");
  return `${whole < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/**
 * Returns the integer that represents a decimal. `value` is the decimal as the database returned it: Postgres returns a
 * string with all decimal places, and SQLite returns the integer.
 */
export const wholeOf = (value: unknown): bigint => BigInt(String(value).replace(".", ""));

/** Removes the last `digits` digits of `whole`, and rounds half away from zero, as Postgres does. */
export function withoutDigits(whole: bigint, digits: number): bigint {
  const unit = 10n ** BigInt(digits);
  const half = whole < 0n ? -unit / 2n : unit / 2n;
  return digits === 0 ? whole : (whole + half) / unit;
}
