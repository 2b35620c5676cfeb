// Counts, for each IP address, the wrong keys, tokens, cookies, passwords and link signatures that
// this address sent.
import { LRUCache } from "lru-cache";
import { keyPrefix } from "../../businesses/secrets/keys.ts";
import { AppError, isAppError } from "../../errors.ts";
import type { RateLimit, RateLimiter } from "../../ports/rate-limiter/rate-limiter.ts";

export interface FailedCredentials {
  /**
   * Call `refuseGuess` before any lookup of a key. After `count` has returned an error for the address, throws
   * TOO_MANY_REQUESTS until the waiting time of this error is over. Two kinds of credentials are not refused:
   * - Keys that were valid in this process within the last day. Otherwise, the wrong keys of a stranger could lock out
   *   a user at the same address. It does not matter at which address a business key was valid. The operator key must
   *   have been valid at this address. Only the last 10,000 valid keys are remembered.
   * - Tokens and cookies, because they are too long to be guessed.
   */
  refuseGuess(authorization: string, address: string): void;
  /** Stores that this key was valid at this address. Tokens are ignored. */
  see(authorization: string, address: string): void;
  /**
   * Counts a failure. If this address had too many failures, resolves with an error for the
   * response. Otherwise resolves with undefined. Never rejects.
   */
  count(address: string): Promise<AppError | undefined>;
}

export interface FailedCredentialsDeps {
  readonly limiter: RateLimiter;
  /** The limit of failures per address. Undefined means that there is no limit. */
  readonly failedCredentialLimit: RateLimit | undefined;
}

const seenMs = 24 * 3600 * 1000;

export function createFailedCredentials(deps: FailedCredentialsDeps): FailedCredentials {
  const { limiter, failedCredentialLimit: limit } = deps;
  /** For each address, the time until which unknown keys are refused, as performance.now(). */
  const refusedUntilMs = new LRUCache<string, number>({ max: 10_000 });
  const seen = new LRUCache<string, true>({ max: 10_000, ttl: seenMs });
  const nameOf = (authorization: string, address: string): string =>
    authorization.includes(keyPrefix) ? authorization : `${address} ${authorization}`;
  return {
    refuseGuess(authorization, address) {
      if (refusedUntilMs.size === 0 || isToken(authorization)) return;
      const leftMs = (refusedUntilMs.get(address) ?? 0) - performance.now();
      if (leftMs > 0 && !seen.has(nameOf(authorization, address))) throw tooMany(leftMs);
    },
    see(authorization, address) {
      if (!isToken(authorization)) seen.set(nameOf(authorization, address), true);
    },
    async count(address) {
      if (limit === undefined) return undefined;
      const { isAllowed, retryMs } = await limiter.take(`failed:${address}`, limit);
      if (isAllowed) return undefined;
      refusedUntilMs.set(address, performance.now() + retryMs);
      return tooMany(retryMs);
    },
  };
}

/** A JWT contains dots, and a key never does. */
const isToken = (authorization: string): boolean => authorization.includes(".");

/** Whether the error is caused by a wrong credential. A missing credential is not a wrong credential. */
export const isWrongCredential = (err: unknown): boolean => isAppError(err) && err.isWrongCredential;

const tooMany = (retryMs: number): AppError =>
  new AppError("TOO_MANY_REQUESTS", "This address sent too many invalid credentials.", {
    hint: "Wait for the seconds given in Retry-After, and check the key, token, password or link.",
    retryAfterSeconds: Math.max(1, Math.ceil(retryMs / 1000)),
    details: { limit: "failedCredentials" },
  });
