// Collects the faults of a spec, each with its position in the file and often a hint. After a fault, reading continues.
import type { Fault } from "../../errors.ts";
import { nearestNames } from "./nearest-names.ts";

export interface SpecFault extends Fault {
  /** The path of the file with the fault, relative to the folder of the specs or of the app. */
  readonly file: string;
}

export interface FaultList {
  readonly faults: readonly Fault[];
  /** Adds a fault. Returns undefined, so that a function that reads a part of a spec can `return faults.add(…)`. */
  add(at: string, message: string, hint?: string): undefined;
}

export function createFaultList(): FaultList {
  const faults: Fault[] = [];
  return {
    faults,
    add(at, message, hint) {
      faults.push(hint === undefined ? { at, message } : { at, message, hint });
      return undefined;
    },
  };
}

/** Adds one part to a JSON pointer (RFC 6901). */
export const pointerTo = (at: string, part: string | number): string =>
  `${at}/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/**
 * Returns "Did you mean a, b?" with the names that are similar to `wrong`. If no name is similar, returns a sentence
 * with all known names. If there are no known names, returns undefined.
 */
export function suggestionFor(wrong: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = nearestNames(wrong, known);
  return near.length > 0
    ? `Did you mean ${near.join(", ")}?`
    : `The known names are ${[...known].sort().join(", ")}.`;
}
