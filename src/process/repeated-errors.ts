// Logs an error that occurs repeatedly at most once per minute, with the number of repetitions since the last line.
import { isAppError } from "../errors.ts";

const quietMs = 60_000;

/**
 * Returns a function that takes errors. It calls `write` immediately for the first error of a type, and then at most
 * once per minute.
 */
export function createRepeatedErrors(
  write: (facts: { readonly err: unknown; readonly repeated: number }) => void,
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
    write({ err, repeated: known?.repeated ?? 0 });
  };
}
