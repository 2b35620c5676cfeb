// How much may be in the making, as the settings say; undefined: no limit.
import type { RateLimit } from "../ports/rate-limiter/rate-limiter.ts";

export interface MakingLimits {
  /** Pieces of one business, queued or running. */
  readonly ofBusiness: number | undefined;
  /** Those of all guests of one address in a business. */
  readonly ofAddress: number | undefined;
  /** Minutes of music that one guest may ask for; `quota` counts minutes. */
  readonly guestMinutes: RateLimit | undefined;
}
