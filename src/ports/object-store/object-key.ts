// Checks object keys. A key is valid only if it means the same in every store, in every file system and in a URL.
import { AppError } from "../../errors.ts";
import type { ObjectKey } from "./object-store.ts";

// Only lower case is allowed, because some file systems ignore case. A segment has no dot at its beginning or end, so
// it is neither ".." nor a hidden file.
const segmentPattern = /^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9_-])?$/;
const pathCharactersMax = 512;
// The names of devices on Windows, with or without a file extension.
const reservedPattern = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/;

/** Returns the id of the business and the segments of the path. Throws INVALID_PARAMETER for an invalid key. */
export function segmentsOf(key: ObjectKey): readonly string[] {
  if (isObjectKey(key)) return partsOf(key);
  throw new AppError("INVALID_PARAMETER", "The object key is invalid.", {
    hint: "Use lower-case letters, digits, dots, dashes and underscores, with slashes between names.",
  });
}

/**
 * Returns whether the key is valid. A list of a bucket leaves out objects with invalid keys,
 * because such objects can only come from other programs.
 */
export const isObjectKey = (key: ObjectKey): boolean =>
  key.path.length <= pathCharactersMax && partsOf(key).every(isSegment);

const partsOf = ({ businessId, path }: ObjectKey): readonly string[] => [businessId, ...path.split("/")];

/**
 * Throws INVALID_PARAMETER if the prefix is longer than the longest path, or if it has a character that a path can't
 * have at this place, such as a dot after a slash. The reserved names are not checked. An empty prefix is allowed.
 */
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
