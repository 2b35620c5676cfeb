// Enforces the time limit of a transaction in the same way on every engine. At the limit the caller gets an error and
// nothing is committed, unless a commit is already in progress.
import { mayBeWritten, tooSlow } from "./refusals.ts";

/** How long to wait, in milliseconds, for a commit that is in progress at the limit. Only its answer shows whether the changes were made. */
const commitMsMax = 5_000;

type Work<Trx, T> = (trx: Trx) => Promise<T>;

/**
 * `start` runs a transaction, and must pass `limited(work)` to the engine in place of `work`. If the work ends after
 * the limit, `limited(work)` throws, so that the engine rolls back. The caller already has its error by then, so the
 * engine's result is ignored.
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
      if (over) throw tooSlow(timeoutMs);
    };
    let timer = setTimeout(() => {
      over = true;
      if (!commits) return reject(tooSlow(timeoutMs));
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
