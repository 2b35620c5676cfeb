// Detects which of ACE-Step's two servers is at an address. Only acestep.cpp has the path /props. Only the answers of
// the Python server are objects with `data` and `code`.
import { callForJson } from "../remote/audio-answer.ts";
import { FarError } from "../remote/far-error.ts";
import { cppServer } from "./cpp-server.ts";
import type { AceStepPlace } from "./place.ts";
import { pythonServer } from "./python-server.ts";
import type { AceStepServer } from "./server.ts";
import { quickMs } from "./waits.ts";

export interface OpenServerOptions {
  readonly place: Pick<AceStepPlace, "base">;
  readonly key: string | undefined;
}

/**
 * Throws FarError if the server can't be reached, answers too late, refuses the request or is not an ACE-Step server.
 * The error has `isBusy` if the server can't be reached, or if the server says that it is busy (for example with 429).
 * If the signal is aborted, throws the signal's reason.
 */
export async function openServer(
  { place: { base }, key }: OpenServerOptions,
  signal: AbortSignal,
): Promise<AceStepServer> {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const options = { base, headers, secrets: key === undefined ? [] : [key] };
  const ask = (path: string) =>
    callForJson(`${base}${path}`, { headers, timeoutMs: quickMs, secrets: options.secrets }, signal);
  if (await isThere(() => ask("/props"))) return cppServer(options);
  const health = (await ask("/health")) as { readonly data?: unknown; readonly code?: unknown } | null;
  if (health?.data !== undefined && health.code !== undefined) return pythonServer(options);
  throw new FarError(
    "GENERATION_FAILED",
    "The server at the generator's address is not an ACE-Step server.",
    {
      hint: "Check RONDO_GENERATOR_URL: it has to be the address of ACE-Step's Python server or of acestep.cpp.",
    },
  );
}

async function isThere(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    return typeof (await ask()) === "object";
  } catch (err) {
    if (err instanceof FarError && (err.status === 404 || err.status === 405)) return false;
    throw err;
  }
}
