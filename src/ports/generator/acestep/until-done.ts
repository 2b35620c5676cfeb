// Polls the state of an ACE-Step task until the task ends. A request that the server doesn't answer is repeated. After
// a restart, the server no longer knows the task; the task is then treated as lost.
import { FarError } from "../remote/far-error.ts";
import { poll } from "../remote/poll.ts";
import type { AceStepServer } from "./server.ts";

/**
 * After this many successive answers in which the server doesn't know the task, the task is treated as lost. A new
 * task may be unknown at first.
 */
const unknownMax = 4;
/** After this many successive requests without an answer, the server is treated as gone. */
const unansweredMax = 5;

/** Whether the error means that the server gave no answer about the task. */
export const isAway = (err: unknown): boolean =>
  err instanceof FarError && (err.isBusy || err.isAnswerLost || (err.status ?? 0) >= 500);

/**
 * Waits until the task is done and returns its result. Throws GENERATION_FAILED if the task failed or is lost, or if
 * the server is gone.
 */
export function untilDone(
  server: AceStepServer,
  id: string,
  signal: AbortSignal,
  firstMs = 500,
): Promise<string> {
  let unknown = 0;
  let unanswered = 0;
  const ask = async (): Promise<string | undefined> => {
    const state = await server.ask(id, signal).catch((err: unknown) => {
      signal.throwIfAborted();
      if (!isAway(err) || ++unanswered >= unansweredMax) throw err;
      return undefined;
    });
    if (state === undefined) return undefined;
    unanswered = 0;
    if (state.state === "done") return state.result;
    unknown = state.state === "lost" ? unknown + 1 : 0;
    if (unknown >= unknownMax) {
      throw new FarError(
        "GENERATION_FAILED",
        "The generator no longer knows this piece; it was probably restarted.",
        {
          hint: "Start the piece again.",
        },
      );
    }
    return undefined;
  };
  return poll(ask, signal, { firstMs });
}
