// Checks a name of a generator in a request of the operator.
import { AppError } from "../errors.ts";

/**
 * Throws INVALID_PARAMETER for a name that is not in RONDO_GENERATORS. `names` are the names in RONDO_GENERATORS, and
 * `at` is the place of the name in the request.
 */
export function refuseUnknownGenerator(generator: string, names: readonly string[], at: string): void {
  if (names.includes(generator)) return;
  const message = `There is no generator "${generator}".`;
  const hint =
    names.length === 0
      ? "The operator has to name the generators in RONDO_GENERATORS first."
      : `Use one of ${names.join(", ")}.`;
  throw new AppError("INVALID_PARAMETER", message, { faults: [{ at, message, hint }], hint });
}
