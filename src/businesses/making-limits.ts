// Limits of queued and running generations, as set in the configuration; undefined: no limit.
import type { RateLimit } from "../ports/rate-limiter/rate-limiter.ts";

export interface MakingLimits {
  /** Queued and running generations of one business. */
  readonly ofBusiness: number | undefined;
  /** Queued and running generations of all guests of one address in a business. */
  readonly ofAddress: number | undefined;
  /** Minutes of music per guest; `quota` counts minutes. */
  readonly guestMinutes: RateLimit | undefined;
}
