// Logs the same error many times in a row as one line, with the number of its repetitions.
import { isAppError } from "../errors.ts";

const quietMs = 60_000;

/**
 * Returns a function that logs errors; `told` is called at once for the first of a kind, then at
 * most once a minute.
 */
export function createRepeatedErrors(
  told: (facts: { readonly err: unknown; readonly repeated: number }) => void,
) {
  const kinds = new Map<string, { toldAtMs: number; repeated: number }>();
  return (err: unknown): void => {
    const kind = isAppError(err) ? err.code : err instanceof Error ? err.message : String(err);
    const known = kinds.get(kind);
    const now = Date.now();
    if (known && now - known.toldAtMs < quietMs) {
      known.repeated += 1;
      return;
    }
    if (kinds.size > 100) kinds.clear();
    kinds.set(kind, { toldAtMs: now, repeated: 0 });
    told({ err, repeated: known?.repeated ?? 0 });
  };
}
