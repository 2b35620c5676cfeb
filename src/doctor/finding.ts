// Defines what `rondo doctor` finds about a setting, and converts the error of a check to a finding.
import { AppError } from "../errors.ts";
import { type Found, wrong } from "../ports/found.ts";

export interface Finding extends Found {
  /** The environment variable of the setting. */
  readonly setting: string;
}

/** Returns only the first fault of the error. The caller adds the name of the setting. */
export function foundOf(err: unknown): Found {
  if (err instanceof AppError) {
    const [fault] = err.faults ?? [];
    const hint = fault?.hint ?? err.hint ?? "Check the setting.";
    return wrong(fault?.message ?? err.publicMessage, hint);
  }
  // A check whose time limit (`AbortSignal.timeout`) is over fails with this error.
  if (err instanceof DOMException && err.name === "TimeoutError")
    return wrong(
      "The server did not answer in time.",
      "Check the address, and whether the server is overloaded.",
    );
  const text = err instanceof Error ? err.message : String(err);
  return wrong(`The check itself failed: ${text}`, "Check the setting; if it is correct, report this error.");
}
