// Which keys an object may have: a grammar so narrow that no store, file system or URL reads one in two ways.
import { AppError } from "../../errors.ts";
import type { ObjectKey } from "./object-store.ts";

// Lower case only, since some file systems take "A" for "a"; no dot at either end, so no "..", no hidden file.
const segmentPattern = /^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9_-])?$/;
const pathCharactersMax = 512;
// Names that are devices on Windows, with any extension.
const reservedPattern = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/;

/** Throws INVALID_PARAMETER. Gives the segments of the whole name, the business first. */
export function segmentsOf({ businessId, path }: ObjectKey): readonly string[] {
  const segments = [businessId, ...path.split("/")];
  if (path.length > pathCharactersMax || !segments.every(isSegment)) {
    throw new AppError("INVALID_PARAMETER", "An object cannot have this key.", {
      hint: "Use lower-case letters, digits, dot, dash and underscore, in names divided by a slash.",
    });
  }
  return segments;
}

/** Throws INVALID_PARAMETER where no key could begin so. Empty is fine. */
export function checkPrefix(prefix: string): void {
  if (
    prefix.length > pathCharactersMax ||
    !/^([a-z0-9][a-z0-9._-]*\/)*([a-z0-9][a-z0-9._-]*)?$/.test(prefix)
  ) {
    throw new AppError("INVALID_PARAMETER", "No object's path begins like this.");
  }
}

const isSegment = (segment: string): boolean =>
  segmentPattern.test(segment) && !segment.includes("..") && !reservedPattern.test(segment);
