// Sends one message to an endpoint, at a checked address, without redirects and within a time limit. Reads only a
// limited part of the response.
import { isAppError } from "../errors.ts";
import type { Dial } from "../ports/dial-public.ts";

export type Outcome =
  | { readonly kind: "delivered"; readonly status: number }
  /** The endpoint wants no more messages (status 410). */
  | { readonly kind: "gone"; readonly status: number }
  | {
      readonly kind: "failed";
      readonly status?: number;
      readonly reason: string;
      /** The wait that the endpoint asks for with the status 429 or 503. */
      readonly retryAfterMs?: number;
    };

interface Sending {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SendOptions {
  readonly dial: Dial;
  /** The time limit for the look-up, the connection and the response together, in milliseconds. */
  readonly limitMs: number;
}

export type SendMessage = (message: Sending, signal: AbortSignal) => Promise<Outcome>;

const answerBytesMax = 16 * 1024;
const answerBodyMs = 500;

/**
 * The returned function rejects only when `signal` is aborted, with the reason of `signal`. Every other failure is an
 * outcome.
 */
export const createSendMessage =
  ({ dial, limitMs }: SendOptions): SendMessage =>
  async ({ url, headers, body }, signal) => {
    signal.throwIfAborted();
    const late = AbortSignal.timeout(limitMs);
    const stop = AbortSignal.any([signal, late]);
    const tooLate = Promise.withResolvers<never>();
    const onStop = () => tooLate.reject(stop.reason);
    stop.addEventListener("abort", onStop, { once: true });
    try {
      // The look-up of a host name can't be aborted. So after the time limit or an abort, this call does not wait for
      // the end of the look-up.
      return await Promise.race([tooLate.promise, send(dial, { url, headers, body }, stop)]);
    } catch (err) {
      signal.throwIfAborted();
      if (late.aborted)
        return { kind: "failed", reason: `The endpoint did not answer within ${limitMs / 1000} s.` };
      return { kind: "failed", reason: reasonOf(err) };
    } finally {
      stop.removeEventListener("abort", onStop);
    }
  };

async function send(dial: Dial, { url, headers, body }: Sending, signal: AbortSignal): Promise<Outcome> {
  const dialled = await dial(url);
  const res = await fetch(dialled.url, {
    method: "POST",
    headers: { ...headers, ...dialled.headers },
    tls: dialled.tls,
    body,
    redirect: "manual",
    // A connection isn't reused, because the next message can go to another IP address.
    keepalive: false,
    signal,
    timeout: false,
  } as RequestInit);
  await skipBody(res);
  return outcomeOf(res);
}

/** Reads a short body to its end, and cancels a body that is long or slow. The status is already known. */
async function skipBody({ body }: Response): Promise<void> {
  const reader = body?.getReader();
  if (!reader) return;
  const over = Promise.withResolvers<undefined>();
  const timer = setTimeout(over.resolve, answerBodyMs);
  try {
    for (let bytes = 0; bytes < answerBytesMax;) {
      const step = await Promise.race([reader.read(), over.promise]);
      if (step === undefined || step.done) return;
      bytes += step.value.byteLength;
    }
  } catch {
    // The connection was lost. The status is known all the same.
  } finally {
    clearTimeout(timer);
    void reader.cancel().catch(() => undefined);
  }
}

function outcomeOf({ status, headers }: Response): Outcome {
  if (status >= 200 && status < 300) return { kind: "delivered", status };
  if (status === 410) return { kind: "gone", status };
  if (status >= 300 && status < 400)
    return { kind: "failed", status, reason: "The endpoint redirects, and redirects are not followed." };
  const retryAfterMs = status === 429 || status === 503 ? retryAfterMsOf(headers) : undefined;
  const reason = `The endpoint answered with the status ${status}.`;
  return { kind: "failed", status, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/**
 * Returns the Retry-After header in milliseconds. The header contains a number of seconds or a date (RFC 9110,
 * 10.2.3).
 */
function retryAfterMsOf(headers: Headers): number | undefined {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - Date.now());
}

/**
 * Returns the public message of an AppError. For any other error, returns a sentence with only the code of the error,
 * because the message of the error can contain the URL.
 */
function reasonOf(err: unknown): string {
  if (isAppError(err)) return err.publicMessage;
  const code = String((err as { readonly code?: unknown } | null)?.code ?? "unknown");
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return `The endpoint's certificate is invalid (${code}).`;
  return `The connection failed (${code}).`;
}
