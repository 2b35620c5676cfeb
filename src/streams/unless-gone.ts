// Turns the error GONE into undefined, so that a deleted stream is treated like a missing stream. A deleted stream is
// still stored while forks share its bytes.
import { isAppError } from "../errors.ts";

export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (err) {
    if (isAppError(err, "GONE")) return undefined;
    throw err;
  }
}
