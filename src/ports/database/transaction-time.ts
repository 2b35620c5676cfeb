// Enforces the time limit of a transaction in the same way on every engine. When the limit is reached, the caller gets
// an error and nothing is committed. If a commit is already in progress, the caller waits for its result instead, but
// for at most five more seconds.
import { mayBeWritten, writeTooSlow } from "./refusals.ts";

/**
 * How long to wait, in milliseconds, for a commit that is in progress when the limit is reached. Only the result of the
 * commit shows whether the changes were made.
 */
const commitMsMax = 5_000;

type Work<Trx, T> = (trx: Trx) => Promise<T>;

/**
 * `start` runs a transaction, and must pass `limited(work)` to the engine in place of `work`. At the limit, the caller
 * gets an error, but the work itself is not interrupted. When the work ends later, `limited(work)` throws, so that the
 * engine rolls back. Without `timeoutMs`, there is no limit. Errors: QUERY_TIMEOUT (nothing is committed), UNAVAILABLE
 * (the result of the commit is not known), and each error of `start`.
 */
export function withinTime<T>(
  timeoutMs: number | undefined,
  start: (limited: <Trx>(work: Work<Trx, T>) => Work<Trx, T>) => Promise<T>,
): Promise<T> {
  if (timeoutMs === undefined) return start((work) => work);
  return new Promise((resolve, reject) => {
    let over = false;
    let commits = false;
    const refuseWhenOver = (): void => {
      if (over) throw writeTooSlow(timeoutMs);
    };
    let timer = setTimeout(() => {
      over = true;
      if (!commits) return reject(writeTooSlow(timeoutMs));
      timer = setTimeout(() => reject(mayBeWritten()), commitMsMax);
    }, timeoutMs);
    const limited =
      <Trx>(work: Work<Trx, T>): Work<Trx, T> =>
      async (trx) => {
        refuseWhenOver();
        const result = await work(trx);
        refuseWhenOver();
        commits = true;
        return result;
      };
    start(limited)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
