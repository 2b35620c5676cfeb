// When a piece in the making gives its place to one that nobody can hear yet: its first seconds are there, and its turn is over.
import { GiveWayError } from "../ports/job-queue/job-queue.ts";

/** Asked of the queue: whether a job waits whose turn comes less than so many turns after this one's. */
export type IsWanted = (turns: number) => Promise<boolean>;

/** The sound that is one turn of a user. */
const turnMs = 10_000;
const askEveryMs = 200;

/** To be called after each chunk; throws GiveWayError. What is left of less than a turn is made first. */
export function createGivingWay(isWanted: IsWanted, plannedMs: number) {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  return async (generatedMs: number): Promise<void> => {
    if (generatedMs < turnMs || plannedMs - generatedMs < turnMs) return;
    if (performance.now() - askedAtMs < askEveryMs) return;
    askedAtMs = performance.now();
    if (await isWanted(generatedMs / turnMs)) throw new GiveWayError("Others have not been heard yet.");
  };
}
