// Limits how often a recurring error is logged: usually at most once per minute, with the number of
// repetitions since the last log line.
import { isAppError } from "../errors.ts";

const quietMs = 60_000;

/**
 * Returns a function to call with each error. This function calls `write` immediately for the first
 * error of a kind, and then at most once per minute for errors of that kind. `repeated` is the
 * number of errors of that kind that were not written since the last `write`. AppErrors with the same
 * code are of one kind, and so are other errors with the same message. To limit its memory, the
 * function forgets everything when it knows more than 100 kinds. A known kind can then be written
 * again before its minute is over.
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
