// Reads an answer that should be sound: gives its bytes as they arrive, or throws the error that the answer contains instead.
import type { SourceFormat } from "../audio-intake.ts";
import { formatOf } from "../audio-intake.ts";
import { callFar, causeOf, type FarCall, readErrorBody } from "./call.ts";
import { FarError } from "./far-error.ts";
import { farErrorOf } from "./far-errors.ts";

/** Calls, and refuses an answer that is a text. Throws FarError as `callFar` does. */
export async function callForAudio(url: string, call: FarCall, signal: AbortSignal): Promise<Response> {
  const answer = await callFar(url, call, signal);
  if (!isText(answer)) return answer;
  const body = await readErrorBody(answer, signal);
  signal.throwIfAborted();
  throw farErrorOf({ status: 200, headers: answer.headers, body, secrets: call.secrets ?? [] });
}

/** Reads a whole JSON answer of at most 64 KiB. Throws FarError for another kind of answer. */
export async function callForJson(url: string, call: FarCall, signal: AbortSignal): Promise<unknown> {
  const answer = await callFar(url, call, signal);
  const body = await readErrorBody(answer, signal);
  signal.throwIfAborted();
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new FarError("GENERATION_FAILED", "The generator answered with something else than JSON.", {
      hint: "Check that RONDO_GENERATOR_URL is the address of a generator.",
      cause,
    });
  }
}

/** Gives the bytes as they arrive. Throws GENERATION_FAILED if the connection breaks. Leaving the loop closes the connection. */
export async function* bytesOf(
  answer: Response,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (err) {
    signal.throwIfAborted();
    throw new FarError("GENERATION_FAILED", "The connection to the generator broke off.", {
      hint: "Start the piece again. Rondo doesn't do so itself, because the first start may be charged.",
      cause: causeOf(err),
    });
  } finally {
    // A connection that broke can't be cancelled.
    void reader.cancel().catch(() => undefined);
  }
}

/** Returns the format that the answer declares; undefined if only its first bytes can show the format. */
export const formatOfAnswer = (answer: Response): SourceFormat | undefined =>
  formatOf(answer.headers.get("content-type") ?? "");

const isText = (answer: Response): boolean =>
  /^(text\/|application\/(json|problem\+json|xml|xhtml))/i.test(answer.headers.get("content-type") ?? "");

/** The parts of a call whose body is JSON. */
export const jsonCall = (
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Pick<FarCall, "method" | "headers" | "body"> => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
