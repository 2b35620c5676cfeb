// Creates the error for a task that failed on an ACE-Step server. The error contains the last line
// of the server's message, without secrets.
import { messageOf } from "../remote/error-body.ts";
import { FarError } from "../remote/far-error.ts";

/**
 * `words`: the server's message. Only its last line is used, because the message can be a traceback, and the last line
 * of a traceback contains the reason.
 */
export function taskFailed(words: unknown, secrets: readonly string[]): FarError {
  const line =
    String(words ?? "")
      .trim()
      .split("\n")
      .at(-1) ?? "";
  const { message } = messageOf(JSON.stringify({ message: line }), secrets);
  return new FarError(
    "GENERATION_FAILED",
    `The generator failed.${message === undefined ? "" : ` It says: ${message}`}`,
    {
      hint: "Look at the generator's log, and start the piece again.",
    },
  );
}
