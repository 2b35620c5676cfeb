// Writes numbers and times for people.

export const number = (value: number): string => Math.round(value).toLocaleString("en");
export const minutes = (seconds: number): string => `${number(seconds / 60)} min`;
export const day = (at: string | null): string =>
  at === null ? "" : new Date(at).toLocaleDateString("en", { dateStyle: "medium" });
export const time = (at: string | null): string =>
  at === null ? "" : new Date(at).toLocaleString("en", { dateStyle: "medium", timeStyle: "medium" });

/** "850 ms", "1.4 s", "2 min". */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${number(ms / 60_000)} min`;
}

export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [rest, unit] = [value, 0];
  while (rest >= 1_000 && unit < units.length - 1) [rest, unit] = [rest / 1_000, unit + 1];
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${units[unit]}`;
}

export const json = (value: unknown): string => JSON.stringify(value, null, 2);
