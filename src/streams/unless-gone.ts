// Turns the error GONE into undefined, as for a missing stream: a deleted stream stays only for the forks that share its bytes.
import { isAppError } from "../errors.ts";

export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (err) {
    if (isAppError(err, "GONE")) return undefined;
    throw err;
  }
}
