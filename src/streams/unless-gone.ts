// Turns the error GONE into undefined, so that a deleted stream is treated like a missing stream. The chunk store
// throws GONE for a deleted stream whose bytes are still stored, because forks share these bytes.
import { isAppError } from "../errors.ts";

export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (err) {
    if (isAppError(err, "GONE")) return undefined;
    throw err;
  }
}
