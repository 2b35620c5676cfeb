// Converts SQLite's values to the fields of lines in the format of Postgres's COPY, and back.
import { decimalField, escapeField, nullField, realField } from "../../copy-line.ts";
import { decimalOf, decimalText } from "../../decimals.ts";
import type { CopyColumn } from "../../table-copy.ts";

/** Integers are always read as bigint. */
export type SqliteValue = null | bigint | number | string | Uint8Array;

/**
 * This error is thrown for a value that can't be copied to the other engine. Its message has no
 * subject: the caller puts the name of the column before the message. Example of a whole sentence:
 * the column "pages" contains a value that is not a number.
 */
export class UnfitValue extends Error {}

type Encode = (value: Exclude<SqliteValue, null>) => string;

const unfit = (what: string): never => {
  throw new UnfitValue(what);
};

function textField(value: Exclude<SqliteValue, null>): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return realField(value);
  if (typeof value !== "string") return unfit("contains bytes where text is expected");
  if (value.includes("\0")) return unfit("contains a NUL character, which Postgres can't store");
  return escapeField(value);
}

const usualInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const instant = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/;

/** Converts "2026-11-22T08:00:00.120Z" to Postgres's "2026-11-22 08:00:00.12+00". */
function instantField(value: Exclude<SqliteValue, null>, secondDigits: number): string {
  if (typeof value !== "string") return unfit("is not an instant in UTC such as 2026-11-22T08:00:00.000Z");
  // This is a faster conversion for the format in which Rondo writes instants. The conversion below accepts other
  // formats, and removes zeros at the end of the fraction.
  if (secondDigits >= 3 && usualInstant.test(value) && value[22] !== "0")
    return `${value.slice(0, 10)} ${value.slice(11, 23)}+00`;
  const [, day, time, fraction = ""] = instant.exec(value) ?? [];
  if (day === undefined || time === undefined)
    return unfit("is not an instant in UTC such as 2026-11-22T08:00:00.000Z");
  const digits = fraction.replace(/0+$/, "");
  if (digits.length > secondDigits)
    return unfit(`has an instant with more than ${secondDigits} digits of fractional seconds`);
  return `${day} ${time}${digits === "" ? "" : `.${digits}`}+00`;
}

const encoders: Readonly<Record<Exclude<CopyColumn["kind"], "instant">, Encode>> = {
  text: textField,
  decimal: (value) => decimalField(textField(value)),
  integer: (value) =>
    typeof value === "bigint" ? value.toString() : unfit("contains a value that is not a whole number"),
  boolean: (value) =>
    value === 1n ? "t" : value === 0n ? "f" : unfit("contains a value other than 0 and 1 for a boolean"),
  real: (value) =>
    typeof value === "number"
      ? realField(value)
      : typeof value === "bigint"
        ? realField(Number(value))
        : unfit("contains a value that is not a number"),
  bytes: (value) =>
    value instanceof Uint8Array
      ? `\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`
      : unfit("contains text where bytes are expected"),
};

/**
 * Returns the function that converts a value of the column to a field. The returned function throws UnfitValue for a
 * value of a wrong type, for text with a NUL character, and for an instant with too many digits. It does not check the
 * range of numbers and dates or the text of decimals, because Postgres checks them. `scale` is needed for decimals that
 * SQLite stores as integers: it is the number of their decimal places.
 */
export function encoderOf(column: CopyColumn, scale?: number): (value: SqliteValue) => string {
  const { kind, secondDigits = 6 } = column;
  const encode =
    kind === "instant"
      ? (value: Exclude<SqliteValue, null>) => instantField(value, secondDigits)
      : scale !== undefined
        ? scaledField(scale)
        : encoders[kind];
  return (value) => (value === null ? nullField : encode(value));
}

/**
 * Returns the number of decimal places of a decimal type, else undefined. In SQLite, Rondo stores such a decimal as an
 * integer: 1.25 with two decimal places as 125.
 */
export const scaleOf = (declared: string): number | undefined => {
  const scale = /^decimal\(18,(\d)\)$/.exec(declared)?.[1];
  return scale === undefined ? undefined : Number(scale);
};

const scaledField =
  (scale: number) =>
  (value: Exclude<SqliteValue, null>): string =>
    typeof value === "bigint"
      ? decimalField(decimalText(value, scale))
      : unfit("contains a decimal that is not stored as a whole number");

const scaledValue = (field: string, scale: number): SqliteValue =>
  decimalOf(field, scale) ??
  unfit(`has more than ${18 - scale} digits before the point or ${scale} after it`);

const decoders: Readonly<Record<CopyColumn["kind"], (field: string) => SqliteValue>> = {
  text: (field) => field,
  decimal: (field) => field,
  integer: (field) => BigInt(field),
  boolean: (field) => (field === "t" ? 1n : 0n),
  real: Number,
  instant: rfc3339Of,
  bytes: (field) => new Uint8Array(Buffer.from(field.slice(2), "hex")),
};

function rfc3339Of(field: string): string {
  const [, day, time, fraction = ""] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(field) ?? [];
  if (day === undefined) throw new UnfitValue("has an instant outside of the years 0001 to 9999");
  return `${day}T${time}.${fraction.length > 3 ? fraction.padEnd(6, "0") : fraction.padEnd(3, "0")}Z`;
}

/**
 * Returns the function that converts an unescaped field of the column to a value. The returned
 * function throws UnfitValue for an instant or a decimal that SQLite can't store. `scale` has the
 * same meaning as for `encoderOf`.
 */
export function decoderOf({ kind }: CopyColumn, scale?: number): (field: string | null) => SqliteValue {
  const decode = scale === undefined ? decoders[kind] : (field: string) => scaledValue(field, scale);
  return (field) => (field === null ? null : decode(field));
}
