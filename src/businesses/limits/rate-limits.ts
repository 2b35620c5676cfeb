// Defines the rate limits by name. The settings give the defaults. The limits of a business can replace them.
import type { RateLimit } from "../../ports/rate-limiter/rate-limiter.ts";

/**
 * writes: counts all changes by one user. generations: counts the pieces of music that one user
 * requests. business: counts all changes by the users and servers of one business. address: counts
 * two kinds of calls from one IP address: changes without a credential, and calls that create an
 * account, sign in, reset a password or verify an e-mail address.
 */
export type RateLimitName = "writes" | "generations" | "business" | "address";

/** null or undefined: no limit. */
export type RateLimits = Readonly<Record<RateLimitName, RateLimit | null | undefined>>;
