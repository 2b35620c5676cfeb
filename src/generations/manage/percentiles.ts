// Computes percentiles of measured times.

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/** Each percentile is one of the values: nothing is interpolated. Returns null if there are no values. */
export function percentilesOf(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95) };
}
