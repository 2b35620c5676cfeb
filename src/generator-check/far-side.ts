// Calls the generator that is being checked. If there is a secret, the calls are signed.
import { AppError } from "../errors.ts";
import { signatureOf } from "./signature.ts";

/** The ways in which the signature of a call differs from a correct signature. */
interface Signing {
  readonly secret?: string;
  /** The time of the signature in seconds since 1970. Defaults to the current time. */
  readonly timestamp?: number;
  /** The signed body, if it differs from the sent body. */
  readonly body?: string;
  /** A string that is sent before the correct signature, with a space between the two. */
  readonly before?: string;
}

export interface Call {
  readonly body?: string;
  readonly accept?: string;
  /** With "none", the call has no signature. If absent and there is a secret, the call has a correct signature. */
  readonly signing?: Signing | "none";
}

export interface FarSide {
  readonly secret: string | undefined;
  /**
   * Returns every answer, whatever its status, and follows no redirects. `path` is for example
   * "/generate". Throws UNAVAILABLE if the connection fails, or if no answer comes within `timeoutMs`.
   */
  call(method: "GET" | "POST" | "DELETE", path: string, call?: Call): Promise<Response>;
}

export interface FarSideOptions {
  /** The address of the generator. */
  readonly url: string;
  readonly secret?: string | undefined;
  /** The time limit of a call in milliseconds, including the reading of the body. */
  readonly timeoutMs: number;
}

export const createFarSide = ({ url, secret, timeoutMs }: FarSideOptions): FarSide => ({
  secret,
  async call(method, path, { body = "", accept, signing } = {}) {
    const headers = new Headers(signing === "none" ? {} : signedHeaders(secret, body, signing));
    if (body !== "") headers.set("content-type", "application/json");
    if (accept !== undefined) headers.set("accept", accept);
    try {
      return await fetch(url.replace(/\/+$/, "") + path, {
        method,
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === "" ? {} : { body }),
      });
    } catch (cause) {
      throw new AppError("UNAVAILABLE", `${method} ${path} was not answered (${reasonOf(cause)}).`, {
        hint: "Check the address, and that the generator runs and can be reached from here.",
        cause,
      });
    }
  },
});

const reasonOf = (err: unknown): string => {
  const { code, name, message } = err as { code?: string; name?: string; message?: string };
  return name === "TimeoutError" ? "the time limit passed" : (code ?? message ?? "unknown reason");
};

function signedHeaders(secret: string | undefined, body: string, signing: Signing = {}) {
  const key = signing.secret ?? secret;
  if (key === undefined) return {};
  const id = `msg_${crypto.randomUUID()}`;
  const timestamp = signing.timestamp ?? Math.floor(Date.now() / 1000);
  const signature = signatureOf(key, { id, timestamp, body: signing.body ?? body });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signing.before === undefined ? signature : `${signing.before} ${signature}`,
  };
}
