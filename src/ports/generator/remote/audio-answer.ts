// Reads an answer that should be audio. Yields its bytes as they arrive. If the answer contains an error instead, that
// error is thrown.
import type { SourceFormat } from "../audio-intake.ts";
import { formatOf } from "../audio-intake.ts";
import { callFar, causeOf, type FarCall, readErrorBody } from "./call.ts";
import { FarError } from "./far-error.ts";
import { farErrorOf } from "./far-errors.ts";

/**
 * Sends a call. Throws FarError in the same cases as `callFar`, and for an answer that is text, JSON or XML.
 */
export async function callForAudio(url: string, call: FarCall, signal: AbortSignal): Promise<Response> {
  const answer = await callFar(url, call, signal);
  if (!isText(answer)) return answer;
  const body = await readErrorBody(answer, signal);
  signal.throwIfAborted();
  throw farErrorOf({ status: 200, headers: answer.headers, body, secrets: call.secrets ?? [] });
}

/**
 * Sends a call, and returns the parsed JSON of the answer. Throws FarError in the same cases as `callFar`, and if the
 * answer is not JSON, is larger than 64 KiB, or is incomplete after five seconds.
 */
export async function callForJson(url: string, call: FarCall, signal: AbortSignal): Promise<unknown> {
  const answer = await callFar(url, call, signal);
  const body = await readErrorBody(answer, signal);
  signal.throwIfAborted();
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new FarError("GENERATION_FAILED", "The generator's answer is not JSON.", {
      hint: "Check that RONDO_GENERATOR_URL is the address of a generator.",
      cause,
    });
  }
}

/**
 * Yields the bytes as they arrive. If the connection breaks, throws the signal's reason if the signal is aborted, and
 * GENERATION_FAILED otherwise. When the caller leaves the loop, the connection is closed.
 */
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
      hint: "Start the piece again. Rondo doesn't do so itself, because the service possibly charges for the first start, too.",
      cause: causeOf(err),
    });
  } finally {
    // The cancellation fails if the connection is already broken.
    void reader.cancel().catch(() => undefined);
  }
}

/** Returns the format that the answer declares, or undefined if the format has to be detected from the first bytes. */
export const formatOfAnswer = (answer: Response): SourceFormat | undefined =>
  formatOf(answer.headers.get("content-type") ?? "");

const isText = (answer: Response): boolean =>
  /^(text\/|application\/(json|problem\+json|xml|xhtml))/i.test(answer.headers.get("content-type") ?? "");

/** Returns the method, the headers and the body of a call that sends JSON. */
export const jsonCall = (
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Pick<FarCall, "method" | "headers" | "body"> => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
