// Translates the answer of a generator on another machine (its status, headers and body) to an error.
import { FarError } from "./far-error.ts";
import { messageOf } from "./error-body.ts";

export interface FarAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The part of the body that was read. */
  readonly body: string;
  /** Strings that must not appear in an error, such as the key. */
  readonly secrets?: readonly string[];
}

/** Error codes that generators use in bodies, independent of the HTTP status. */
const wordsOf = {
  refused: ["unauthenticated", "invalid_api_key", "1004"],
  quota: ["quota_exceeded", "insufficient_quota", "1008"],
  busy: ["system_busy", "queue_full", "too_many_concurrent_requests", "rate_limited", "1002"],
  unusable: [
    "bad_prompt",
    "bad_composition_plan",
    "filteredprompt",
    "content_policy_violation",
    "1026",
    "2013",
  ],
} as const;

/** Returns the error for an answer without success, or for a successful answer with an error in its body. */
export function farErrorOf({ status, headers, body, secrets = [] }: FarAnswer): FarError {
  const { message, hint, codes } = messageOf(body, secrets);
  const says = (words: readonly string[]) => codes.some((code) => words.includes(code.toLowerCase()));
  const its = message === undefined ? "" : ` It says: ${message}`;
  const facts = { status, ...(hint === undefined ? {} : { hint }) };
  if (says(wordsOf.quota) || status === 402) {
    return new FarError("GENERATION_FAILED", `The generator's quota is used up.${its}`, {
      hint: "Look at the plan and the balance of the generator's account.",
      ...facts,
    });
  }
  if (says(wordsOf.unusable)) return unusable(message, hint, status);
  if (says(wordsOf.busy) || status === 429 || status === 503) {
    return new FarError("GENERATION_FAILED", `The generator is busy.${its}`, {
      hint: "Try again later.",
      ...facts,
      isBusy: true,
      waitMs: retryAfterMsOf(headers.get("retry-after")),
    });
  }
  if (says(wordsOf.refused) || status === 401 || status === 403) {
    return new FarError("GENERATION_FAILED", `The generator refused our key.${its}`, {
      hint: "Check RONDO_GENERATOR_KEY and RONDO_GENERATOR_SECRET; the generator needs the same secret.",
      ...facts,
    });
  }
  if (status === 400 || status === 422) return unusable(message, hint, status);
  if (status >= 300 && status < 400) {
    return new FarError("GENERATION_FAILED", "The generator redirects to another address.", {
      hint: "Set RONDO_GENERATOR_URL to the address that answers; redirects are not followed.",
      status,
    });
  }
  if (status >= 200 && status < 300) {
    return new FarError("GENERATION_FAILED", `The generator answered without audio.${its}`, facts);
  }
  return new FarError("GENERATION_FAILED", `The generator answered ${status}.${its}`, facts);
}

const unusable = (message: string | undefined, hint: string | undefined, status: number): FarError =>
  new FarError("INVALID_PARAMETER", message ?? "The generator can't use this prompt.", {
    ...(hint === undefined ? {} : { hint }),
    status,
  });

/**
 * Converts the Retry-After header (seconds or a date) to milliseconds. Returns undefined if the header is missing or
 * can't be read.
 */
function retryAfterMsOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
