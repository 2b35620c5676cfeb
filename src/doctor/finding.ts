// What the doctor says of one setting.
import { AppError } from "../errors.ts";

export interface Finding {
  /** The variable it is about. */
  readonly setting: string;
  /** "wrong": Rondo will not run as it should until it is mended. */
  readonly state: "good" | "warning" | "wrong";
  /** One sentence. */
  readonly says: string;
  /** What to do. */
  readonly hint?: string;
}

/** What one of a setting's checks found; the setting is added by whoever asked. */
export type Found = Omit<Finding, "setting">;

export const good = (says: string): Found => ({ state: "good", says });
export const warning = (says: string, hint: string): Found => ({ state: "warning", says, hint });
export const wrong = (says: string, hint: string): Found => ({ state: "wrong", says, hint });

/** A check that ended in an error. */
export function foundOf(err: unknown): Found {
  if (err instanceof AppError) {
    const [fault] = err.faults ?? [];
    const hint = fault?.hint ?? err.hint ?? "Check the setting.";
    return wrong(fault?.message ?? err.publicMessage, hint);
  }
  const text = err instanceof Error ? err.message : String(err);
  return wrong(`The check itself failed: ${text}`, "Check the setting; if it is right, report this.");
}
