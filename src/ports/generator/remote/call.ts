// Makes one HTTP call to a generator on another machine. The call follows no redirects, and fails
// only with a FarError or with the reason of an abort.
import { AppError } from "../../../errors.ts";
import type { Dial } from "../../dial-public.ts";
import { FarError } from "./far-error.ts";
import { farErrorOf } from "./far-errors.ts";

export interface FarCall {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData;
  /**
   * The time limit from the DNS look-up (`dial`) to the headers of the answer, in milliseconds.
   * Reading the body of a successful answer has no limit here.
   */
  readonly timeoutMs: number;
  /** Finds and checks the IP address to connect to. It must be set if a business supplied the URL. */
  readonly dial?: Dial;
  /** Strings that must not appear in an error, such as the key. */
  readonly secrets?: readonly string[];
}

const errorBytesMax = 64 * 1024;
const errorBodyMs = 5_000;

/**
 * Returns an answer with a status from 200 to 299. For any other status, including redirects,
 * throws a FarError. Also throws a FarError in these cases:
 * - `dial` refuses the address.
 * - `dial` can't resolve the host name, `dial` takes longer than `timeoutMs`, or the server can't be reached. In these
 *   three cases, `isBusy` is set.
 * - The connection fails in another way before the answer, or `timeoutMs` passes after the call was sent. In these two
 *   cases, `isAnswerLost` is set.
 *
 * If the signal is aborted before the headers of the answer arrive, throws the signal's reason.
 * Example: `const res = await callFar("http://127.0.0.1:8008/health", { timeoutMs: 2_000 }, signal)`.
 */
export async function callFar(url: string, call: FarCall, signal: AbortSignal): Promise<Response> {
  signal.throwIfAborted();
  const { method = "GET", headers = {}, body, timeoutMs, secrets = [], dial } = call;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  const stop = AbortSignal.any([signal, late.signal]);
  let isSent = false;
  let res: Response;
  try {
    const dialled = dial && (await dialUntil(stop, dial, url));
    stop.throwIfAborted();
    isSent = true;
    res = await fetch(dialled?.url ?? url, {
      method,
      headers: { ...headers, ...dialled?.headers },
      ...(dialled === undefined ? {} : { tls: dialled.tls }),
      ...(body === undefined ? {} : { body }),
      redirect: "manual",
      // A POST can start a piece, so it uses a new connection. If the server closed a reused
      // connection at this moment, it would be unknown whether the request arrived. A call with
      // `dial` uses a new connection, too, because it must connect to the address that was just checked.
      keepalive: method !== "POST" && dial === undefined,
      signal: stop,
      // Bun's own limit of five minutes would end a slow answer before our limit.
      timeout: false,
    } as RequestInit);
  } catch (cause) {
    signal.throwIfAborted();
    if (late.signal.aborted) throw isSent ? tooLate(timeoutMs) : lookUpTooLate(timeoutMs);
    if (cause instanceof AppError) throw notDialled(cause);
    throw unreachable(cause);
  } finally {
    clearTimeout(timer);
  }
  if (res.ok) return res;
  const text = await readErrorBody(res, signal);
  throw farErrorOf({ status: res.status, headers: res.headers, body: text, secrets });
}

/**
 * Like `dial`, but throws the reason of `stop` after an abort. The look-up can't be aborted, so it
 * continues, and its result is not used.
 */
async function dialUntil(stop: AbortSignal, dial: Dial, url: string): ReturnType<Dial> {
  const stopped = Promise.withResolvers<never>();
  const onStop = () => stopped.reject(stop.reason);
  stop.addEventListener("abort", onStop, { once: true });
  try {
    return await Promise.race([dial(url), stopped.promise]);
  } finally {
    stop.removeEventListener("abort", onStop);
  }
}

const tooLate = (timeoutMs: number): FarError =>
  new FarError("GENERATION_FAILED", `The generator didn't answer within ${timeoutMs / 1000} seconds.`, {
    isAnswerLost: true,
  });

const lookUpTooLate = (timeoutMs: number): FarError =>
  new FarError(
    "GENERATION_FAILED",
    `The look-up of the generator's host name took longer than ${timeoutMs / 1000} seconds.`,
    { hint: "Check the address and its DNS records.", isBusy: true },
  );

/**
 * Creates the error of a call that was not sent. Either `dial` refused the address, or its host name can't be resolved.
 * If the host name can't be resolved, `isBusy` is set, because the name can perhaps be resolved at a retry.
 */
const notDialled = ({ code, publicMessage, hint, retryAfterSeconds, cause }: AppError): FarError =>
  new FarError(code, publicMessage, {
    ...(hint === undefined ? {} : { hint }),
    isBusy: retryAfterSeconds !== undefined,
    cause,
  });

/**
 * Returns a new error that has only the code of a fetch error. The fetch error itself must not be logged or passed on:
 * it contains the URL, which can be a signed link.
 */
export function causeOf(err: unknown): Error & { readonly code: string } {
  const code = String((err as { readonly code?: unknown } | null)?.code ?? "unknown");
  return Object.assign(new Error(`The connection failed: ${code}`), { code });
}

/**
 * Creates the error of a failed connection. If the connection was refused, the call was not delivered. After any other
 * failure, it is not known whether the call was delivered.
 */
function unreachable(err: unknown): FarError {
  const cause = causeOf(err);
  const { code } = cause;
  const isRefused = code === "ConnectionRefused" || code === "FailedToOpenSocket" || code === "ECONNREFUSED";
  if (isRefused) {
    return new FarError("GENERATION_FAILED", "The generator can't be reached.", {
      hint: "Check that the generator runs, and that RONDO_GENERATOR_URL is its address.",
      isBusy: true,
      cause,
    });
  }
  return new FarError("GENERATION_FAILED", "The connection to the generator broke off before it answered.", {
    hint: "Look at the generator's log, and start the piece again.",
    isAnswerLost: true,
    cause,
  });
}

/**
 * Reads the body of an error, but not more than 64 KiB. The reading ends after five seconds, after an abort or after an
 * error. Then the function returns the part that it has read.
 */
export async function readErrorBody(res: Response, signal: AbortSignal): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const reader = res.body?.getReader();
  if (!reader) return "";
  const end = AbortSignal.any([signal, AbortSignal.timeout(errorBodyMs)]);
  const ended = new Promise<undefined>((resolve) =>
    end.addEventListener("abort", () => resolve(undefined), { once: true }),
  );
  try {
    while (bytes < errorBytesMax && !end.aborted) {
      const step = await Promise.race([reader.read(), ended]);
      if (step === undefined || step.done) break;
      parts.push(step.value);
      bytes += step.value.byteLength;
    }
  } catch {
    // The part of the body that was read before the connection ended is enough for a message.
  } finally {
    await Promise.race([reader.cancel().catch(() => undefined), ended]);
  }
  return Buffer.concat(parts).subarray(0, errorBytesMax).toString("utf8");
}
