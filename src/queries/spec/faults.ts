// Collects what is wrong with a spec, each with the place in the file and what to do; nothing stops at the first.
import type { Fault } from "../../errors.ts";
import { nearestNames } from "./nearest-names.ts";

export interface SpecFault extends Fault {
  /** The spec's file name, relative to the folder. */
  readonly file: string;
}

export interface FaultList {
  readonly faults: readonly Fault[];
  /** Notes a fault. Returns undefined, so that a reader can `return faults.add(…)`. */
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

/** RFC 6901: one more part on a JSON pointer. */
export const pointerTo = (at: string, part: string | number): string =>
  `${at}/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** "Did you mean a, b?", or all there is when nothing is near. */
export function suggestionFor(wrong: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = nearestNames(wrong, known);
  return near.length > 0 ? `Did you mean ${near.join(", ")}?` : `There is ${[...known].sort().join(", ")}.`;
}
