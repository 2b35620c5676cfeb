// Rate limits by name. The settings give the defaults; a business may override them.
import type { RateLimit } from "../ports/rate-limiter/rate-limiter.ts";

/**
 * writes: all changes by one user. generations: the music that one user requests. business: all
 * changes by the users and servers of one business. address: requests from one address without a
 * credential.
 */
export type RateLimitName = "writes" | "generations" | "business" | "address";

/** null or undefined: no limit. */
export type RateLimits = Readonly<Record<RateLimitName, RateLimit | null | undefined>>;
