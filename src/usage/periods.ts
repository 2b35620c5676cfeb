// Calculates the days and months (UTC) for which usage is counted and quotas apply.
import type { Period } from "../businesses/limits/quotas.ts";

/** Returns the UTC day of an instant, for example 2026-11-29. A number is in milliseconds since 1970. */
export const dayOf = (instant: string | number): string => new Date(instant).toISOString().slice(0, 10);

export interface PeriodSpan {
  /** The first day and the last day of the period, both included. */
  readonly from: string;
  readonly to: string;
  /** The start of the next period. */
  readonly resetsAt: string;
}

/** Returns the day or the month that contains `nowMs`. */
export function spanOf(per: Period, nowMs: number): PeriodSpan {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  const [start, end] =
    per === "day"
      ? [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)]
      : [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)];
  return { from: dayOf(start), to: dayOf(end - 1), resetsAt: new Date(end).toISOString() };
}
