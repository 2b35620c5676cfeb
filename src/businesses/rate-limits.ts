// How often who may ask: the limits there are, which the settings give and a business's own replace.
import type { RateLimit } from "../ports/rate-limiter/rate-limiter.ts";

/**
 * writes: all that one user changes. generations: the music one user asks for. business: all that is changed by
 * the users and servers of one business. address: what begins without a credential, from one address.
 */
export type RateLimitName = "writes" | "generations" | "business" | "address";

/** null or undefined: no limit. */
export type RateLimits = Readonly<Record<RateLimitName, RateLimit | null | undefined>>;
