// Limits how often a recurring error is logged: usually at most once per minute, with the number of
// repetitions since the last log line.
import { isAppError } from "../errors.ts";

const quietMs = 60_000;

/**
 * Returns a function to call with each error. This function calls `write` immediately for the first
 * error of a kind, and then at most once per minute for errors of that kind. `repeated` is the
 * number of errors of that kind that were not written since the last `write`. Two errors are of the
 * same kind if they are AppErrors with the same code, or other errors with the same message. If there
 * are more than 100 kinds, the function forgets all kinds and their counts, so that its memory stays
 * limited. Afterwards the function can call `write` again within the minute.
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
