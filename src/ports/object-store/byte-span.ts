// Resolves a byte range against the size of an object.
import { AppError } from "../../errors.ts";
import type { ByteRange } from "./object-store.ts";

/**
 * Returns the range, limited to the object's size. `end` is the position after the last byte. An empty object can be
 * read from 0. Throws RANGE_NOT_SATISFIABLE if a number of the range is negative or not an integer, if the range ends
 * before its start, or if the start is not inside the object.
 */
export function spanOf(
  range: ByteRange = { start: 0 },
  bytes: number,
): { readonly start: number; readonly end: number } {
  const { start } = range;
  const end = Math.min(range.end ?? bytes, bytes);
  const isWhole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (!isWhole || start < 0 || end < start || (start >= bytes && bytes > 0)) {
    throw new AppError("RANGE_NOT_SATISFIABLE", `The object has ${bytes} bytes.`);
  }
  return { start, end };
}
