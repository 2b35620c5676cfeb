// The time limit of a transaction, the same on every engine: past it the caller is refused, and nothing is committed any more.
import { mayBeWritten, tooSlow } from "./refusals.ts";

/** How long a commit that is under way at the end of the time is waited for: only its answer tells whether it was done. */
const commitMsMax = 5_000;

type Work<Trx, T> = (trx: Trx) => Promise<T>;

/**
 * `start` runs the transaction with the work that `limited` gives it, which fails once the time is over: so the
 * engine rolls back. What the engine says afterwards goes to nobody.
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
