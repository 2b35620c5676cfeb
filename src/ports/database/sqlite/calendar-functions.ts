// Adds SQL functions to SQLite that calculate with instants and days: the local time in a time zone, the Monday of a
// week, and earlier or later instants.
import type { Database } from "bun:sqlite";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * Each function returns null if its first argument is not a text. For an invalid date, rondo_moved returns null, and
 * the other functions throw a RangeError. For an unknown time zone, rondo_local throws a RangeError.
 */
export function addCalendarFunctions(db: Database): void {
  const pure = { deterministic: true };
  db.function("rondo_local", pure, (instant: unknown, zone: unknown) =>
    typeof instant === "string" ? localOf(instant, String(zone)) : null,
  );
  db.function("rondo_monday", pure, (day: unknown) => (typeof day === "string" ? mondayOf(day) : null));
  db.function("rondo_moved", pure, (from: unknown, amount: unknown, unit: unknown) =>
    typeof from === "string" && amount !== null ? movedBy(from, Number(amount), String(unit)) : null,
  );
}

/** Returns the local time of the zone in RFC 3339 format, without the offset. */
function localOf(instant: string, zone: string): string {
  const ms = Date.parse(instant);
  return new Date(ms + offsetOf(ms, zone)).toISOString().slice(0, -1);
}

/**
 * Caches one UTC offset for each time zone and quarter of an hour. The value null means that clocks change within the
 * quarter, so the offset is calculated for each instant. Since 1972 this is rare: almost all clock changes are at the
 * beginning of a quarter. (An exception was St. John's, at 00:01 until 2011.)
 */
const offsets = new Map<string, Map<number, number | null>>();
const offsetsMax = 50_000;
const quarterMs = 15 * minuteMs;
const formats = new Map<string, Intl.DateTimeFormat>();

function offsetOf(ms: number, zone: string): number {
  let ofZone = offsets.get(zone);
  if (ofZone === undefined || ofZone.size > offsetsMax) {
    ofZone = new Map();
    offsets.set(zone, ofZone);
  }
  const quarter = Math.floor(ms / quarterMs);
  let offset = ofZone.get(quarter);
  if (offset === undefined) {
    offset = offsetOfQuarter(quarter, zone);
    ofZone.set(quarter, offset);
  }
  return offset ?? calculatedOffset(ms, zone);
}

function offsetOfQuarter(quarter: number, zone: string): number | null {
  const start = quarter * quarterMs;
  const offset = calculatedOffset(start, zone);
  return calculatedOffset(start + quarterMs - 1, zone) === offset ? offset : null;
}

function calculatedOffset(ms: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "iso8601",
      hourCycle: "h23",
      ...{ year: "numeric", month: "2-digit", day: "2-digit" },
      ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const local = new Date(0);
  local.setUTCFullYear(parts.year!, parts.month! - 1, parts.day!);
  local.setUTCHours(parts.hour!, parts.minute!, parts.second!);
  return local.getTime() - Math.floor(ms / 1000) * 1000;
}

function mondayOf(local: string): string {
  const day = Date.parse(`${local.slice(0, 10)}T00:00:00Z`);
  const sinceMonday = (new Date(day).getUTCDay() + 6) % 7;
  return new Date(day - sinceMonday * dayMs).toISOString().slice(0, 10);
}

const spans: Readonly<Record<string, number>> = {
  minutes: minuteMs,
  hours: 60 * minuteMs,
  days: dayMs,
  weeks: 7 * dayMs,
};
const firstMs = Date.parse("0001-01-01T00:00:00Z");
const endMs = Date.UTC(10_000, 0);

/**
 * Adds an amount, which can be negative, to an instant or to a day, such as 2026-11-30. A day stays
 * a day. When months or years are added, the day of the month stays the same, or becomes the last
 * day of a shorter month. Returns null if the result is outside the years 0001 to 9999. Also returns null if the
 * absolute value of the amount is 2^31 or more.
 */
function movedBy(from: string, amount: number, unit: string): string | null {
  if (Math.abs(amount) >= 2 ** 31) return null;
  const isDay = from.length === 10;
  const start = new Date(isDay ? `${from}T00:00:00.000Z` : from);
  const span = spans[unit];
  const ms =
    span === undefined
      ? movedByMonths(start, unit === "years" ? amount * 12 : amount)
      : start.getTime() + amount * span;
  if (!(ms >= firstMs && ms < endMs)) return null;
  const text = new Date(ms).toISOString();
  return isDay ? text.slice(0, 10) : text;
}

function movedByMonths(start: Date, months: number): number {
  const month = new Date(start);
  month.setUTCDate(1);
  month.setUTCMonth(month.getUTCMonth() + months);
  const next = new Date(month);
  next.setUTCMonth(next.getUTCMonth() + 1, 0);
  return month.getTime() + (Math.min(start.getUTCDate(), next.getUTCDate()) - 1) * dayMs;
}
