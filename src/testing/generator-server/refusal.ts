// Defines the error response of a generator, in the format of docs/generators.md: {code, message, hint}.
import { isAppError } from "../../errors.ts";

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, message: string, hint: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Returns the response to any error. The message of an unknown error is not shown. */
export function problemResponse(err: unknown): Response {
  const { status, code, message, hint, retryAfterSeconds } = refusalOf(err);
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterSeconds)) };
  return Response.json({ code, message, hint }, { status, headers });
}

function refusalOf(err: unknown): Refusal {
  if (err instanceof Refusal) return err;
  if (isAppError(err, "INVALID_PARAMETER"))
    return new Refusal(422, err.code, err.publicMessage, err.hint ?? "Change the prompt.");
  if (isAppError(err))
    return new Refusal(500, err.code, err.publicMessage, err.hint ?? "See the generator's log.");
  return new Refusal(500, "GENERATION_FAILED", "The piece could not be made.", "See the generator's log.");
}
