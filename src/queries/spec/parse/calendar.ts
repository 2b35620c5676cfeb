// Reads the calculations with dates and instants. "truncate" gives the beginning of a period, such
// as a week, in a time zone. "before" and "after" move a date or an instant back or forward by an
// amount of time, such as 30 days.
import { pointerTo } from "../faults.ts";
import { describe, readChoice, readObject } from "../json-reader.ts";
import type { BucketName, SpanUnit } from "../../plan.ts";
import type { Read } from "./calculation.ts";
import { fits, type Reading } from "./parsing.ts";

const buckets: readonly BucketName[] = ["minute", "hour", "day", "week", "month", "year"];
const ofDays: readonly BucketName[] = ["day", "week", "month", "year"];

export const readBucket: Read = (reading, at, raw, visible) => {
  const { faults } = reading;
  readObject(faults, at, raw, { required: ["truncate", "to"], optional: ["in"] });
  const to = readChoice(faults, pointerTo(at, "to"), raw.to, buckets);
  const zone = raw.in === undefined ? "UTC" : readZone(reading, pointerTo(at, "in"), raw.in);
  const of = reading.expression(pointerTo(at, "truncate"), raw.truncate, visible, "timestamp");
  if (of === undefined || to === undefined || zone === undefined) return undefined;
  if (of.type === "date") {
    if (!ofDays.includes(to))
      return faults.add(pointerTo(at, "to"), `A date has no ${to}.`, `Write one of ${ofDays.join(", ")}.`);
    if (raw.in !== undefined)
      return faults.add(pointerTo(at, "in"), "A date is the same in every time zone.", 'Leave out "in".');
  } else if (of.type !== "timestamp")
    return faults.add(at, `"truncate" needs an instant or a date, not ${of.type}.`);
  return { kind: "bucket", to, zone, of, type: "text", nullable: of.nullable };
};

/**
 * Reads the name of a time zone in the IANA database. Offsets such as "+01:00" and abbreviations
 * other than "UTC" are refused, because the sign of an offset and the meaning of an abbreviation
 * differ between the engines.
 */
function readZone({ faults }: Reading, at: string, raw: unknown): string | undefined {
  const isName = typeof raw === "string" && /^(?:UTC|[A-Z][A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){1,2})$/.test(raw);
  try {
    if (isName) return new Intl.DateTimeFormat("en", { timeZone: raw }).resolvedOptions() && raw;
  } catch {
    // A name that is not in the time zone database gets the fault below.
  }
  return faults.add(
    at,
    `There is no time zone ${describe(raw)}.`,
    'Write the name of a time zone, such as "Europe/Berlin".',
  );
}

const units: readonly SpanUnit[] = ["minutes", "hours", "days", "weeks", "months", "years"];

/**
 * Returns the reader of a calculation that moves an instant or a date by one amount of time. For
 * example, `{"before": {"now": true}, "days": 30}` is the instant 30 days ago.
 */
export const moved =
  (name: "before" | "after"): Read =>
  (reading, at, raw, visible) => {
    const { faults } = reading;
    const unit = units.find((one) => raw[one] !== undefined);
    if (unit === undefined)
      return faults.add(
        at,
        `"${name}" needs an amount of time.`,
        `Add one of ${units.join(", ")}, such as {"${name}": …, "days": 30}.`,
      );
    readObject(faults, at, raw, { required: [name, unit] });
    const of = reading.expression(pointerTo(at, name), raw[name], visible, "timestamp");
    const amount = reading.expression(pointerTo(at, unit), raw[unit], visible, "integer");
    if (of === undefined || amount === undefined) return undefined;
    if (of.type !== "timestamp" && of.type !== "date")
      return faults.add(pointerTo(at, name), `An instant or a date is needed here, not ${of.type}.`);
    if (of.type === "date" && (unit === "minutes" || unit === "hours"))
      return faults.add(pointerTo(at, unit), `A date has no ${unit}.`);
    if (!fits(amount.type, "integer") || amount.type === "float" || amount.type === "decimal")
      return faults.add(pointerTo(at, unit), `A whole number is needed here, not ${amount.type}.`);
    return { kind: "moved", of, amount, unit, back: name === "before", type: of.type, nullable: true };
  };
