// Parses the durations in settings. A duration is a whole number with a unit, such as 90s or 7d.

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Returns the milliseconds of a duration such as "90s", "15m", "12h" or "7d"; "0s" is allowed. Returns undefined for
 * any other text, and for more than ten years (3,650 days).
 */
export function findDurationMs(text: string): number | undefined {
  const [, count = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count === "") return undefined;
  const ms = Number(count) * unitMs[unit as keyof typeof unitMs];
  return ms <= 3_650 * unitMs.d ? ms : undefined;
}
