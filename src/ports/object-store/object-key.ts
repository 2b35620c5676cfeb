// Checks object keys: the grammar is so narrow that every store, file system and URL reads a key the same way.
import { AppError } from "../../errors.ts";
import type { ObjectKey } from "./object-store.ts";

// Lower case only, since some file systems ignore case; no dot at either end, so neither ".." nor hidden files.
const segmentPattern = /^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9_-])?$/;
const pathCharactersMax = 512;
// Names of devices on Windows, with any extension.
const reservedPattern = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/;

/** Throws INVALID_PARAMETER. Returns the segments of the full name, the business first. */
export function segmentsOf({ businessId, path }: ObjectKey): readonly string[] {
  const segments = [businessId, ...path.split("/")];
  if (path.length > pathCharactersMax || !segments.every(isSegment)) {
    throw new AppError("INVALID_PARAMETER", "The object key is invalid.", {
      hint: "Use lower-case letters, digits, dots, dashes and underscores, with slashes between names.",
    });
  }
  return segments;
}

/** Throws INVALID_PARAMETER if no key can begin with the prefix. An empty prefix is allowed. */
export function checkPrefix(prefix: string): void {
  if (
    prefix.length > pathCharactersMax ||
    !/^([a-z0-9][a-z0-9._-]*\/)*([a-z0-9][a-z0-9._-]*)?$/.test(prefix)
  ) {
    throw new AppError("INVALID_PARAMETER", "The prefix can't match any object path.");
  }
}

const isSegment = (segment: string): boolean =>
  segmentPattern.test(segment) && !segment.includes("..") && !reservedPattern.test(segment);
