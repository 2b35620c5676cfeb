// Writes numbers and times in the language of the console.
import { locale, t } from "../../i18n/translate.ts";

/** Writes a number, rounded to a whole number. */
export const number = (value: number): string => Math.round(value).toLocaleString(locale());
export const minutes = (seconds: number): string => t("{n} min", { n: Math.round(seconds / 60) });
export const day = (at: string | null): string =>
  at === null ? "" : new Date(at).toLocaleDateString(locale(), { dateStyle: "medium" });
export const time = (at: string | null): string =>
  at === null ? "" : new Date(at).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "medium" });

/** Writes a date such as "2026-11-29", which is a day in UTC. */
export const utcDay = (date: string): string =>
  new Date(date).toLocaleDateString(locale(), { dateStyle: "medium", timeZone: "UTC" });

/** Writes a duration, for example as "850 ms", "1.4 s" or "2 min". */
export function duration(ms: number): string {
  if (ms < 1_000) return t("{n} ms", { n: Math.round(ms) });
  if (ms < 120_000) return t("{n} s", { n: tenths(ms / 1_000) });
  return minutes(ms / 1_000);
}

/** Writes a number of bytes, for example as "850 B" or "1.4 MB". */
export function bytes(value: number): string {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, value)) / 3));
  const rest = value / 1_000 ** power;
  const n = power === 0 || rest >= 100 ? number(rest) : tenths(rest);
  return [t("{n} B", { n }), t("{n} kB", { n }), t("{n} MB", { n }), t("{n} GB", { n }), t("{n} TB", { n })][
    power
  ]!;
}

const tenths = (value: number): string =>
  value.toLocaleString(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const json = (value: unknown): string => JSON.stringify(value, null, 2);
