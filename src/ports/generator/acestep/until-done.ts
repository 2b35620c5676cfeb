// Polls the state of an ACE-Step task until the task ends. A request is repeated if the server doesn't answer it or is
// busy. A server that was restarted no longer knows the task. The task is then treated as lost.
import { FarError } from "../remote/far-error.ts";
import { poll } from "../remote/poll.ts";
import type { AceStepServer } from "./server.ts";

/**
 * The task is treated as lost when the server has answered this many times in a row that it doesn't know the task. A
 * single such answer can come from a server that has only just accepted the task.
 */
const unknownMax = 4;
/** After this many successive requests that got no answer or found the server busy, the server is treated as gone. */
const unansweredMax = 5;

/** Whether the error means that the server gave no answer about the task. */
export const isAway = (err: unknown): boolean =>
  err instanceof FarError && (err.isBusy || err.isAnswerLost || (err.status ?? 0) >= 500);

/**
 * Waits until the task is done and returns its result: where the audio can be downloaded. Throws GENERATION_FAILED if
 * the task failed or is lost. If the server is gone or refuses a request, throws the error of the last request. After
 * an abort, throws the signal's reason. `firstMs` is the first pause between two requests.
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
