// Defines the error of a generation that was interrupted and can't be continued. The finished part stays and can be
// played.
import { AppError } from "../../errors.ts";

/**
 * The error of an interrupted generation whose stored audio can't be continued: the generator can't continue it, or has
 * begun again and made other audio. The generation is not tried again; only a new generation can succeed.
 */
export class InterruptedError extends AppError {
  constructor(madeMs: number) {
    const after = madeMs === 0 ? "before its first audio" : `after ${secondsOf(madeMs)}`;
    super("GENERATION_FAILED", `It was interrupted ${after}, and this generator can't continue.`, {
      hint: "Start it again from its prompt.",
    });
  }
}

const secondsOf = (ms: number): string => {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
};
