// Decides when a running generation gives way to another job: when the generation has made at least 10 seconds of
// audio, at least 10 seconds remain, and the queue answers that another job should run in the slot of this generation.
import { GiveWayError } from "../../ports/job-queue/job-queue.ts";

/**
 * Asks the queue whether another job should run in the slot of this run. `turns` is the audio that this run has made,
 * measured in turns: 25 seconds of audio are 2.5 turns (see `turnMs`). The rules are those of `JobContext.isWanted`.
 */
export type IsWanted = (turns: number) => Promise<boolean>;

/** The milliseconds of audio that the queue counts as one turn of a user. */
const turnMs = 10_000;
const askEveryMs = 200;

/**
 * Returns a function. Call the function after each chunk, with the milliseconds of audio that this run has made. It
 * throws GiveWayError if the generation has to give way. A generation never gives way in its first turn of audio or in
 * the last turn before its planned end. The function asks the queue at most every 200 ms.
 */
export function createGivingWay(isWanted: IsWanted, plannedMs: number) {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  return async (generatedMs: number): Promise<void> => {
    if (generatedMs < turnMs || plannedMs - generatedMs < turnMs) return;
    if (performance.now() - askedAtMs < askEveryMs) return;
    askedAtMs = performance.now();
    if (await isWanted(generatedMs / turnMs)) throw new GiveWayError("Other pieces have no audio yet.");
  };
}
