// Defines the configured limits of generations and guests. A limit that is undefined doesn't apply, except
// `endlessMinutes`: if it is undefined, endless pieces are refused.
import type { RateLimit } from "../../ports/rate-limiter/rate-limiter.ts";

export interface MakingLimits {
  /** The maximum number of queued and running generations of one business. */
  readonly ofBusiness: number | undefined;
  /**
   * The maximum number of queued and running generations of all guests with the same address in a
   * business.
   */
  readonly ofAddress: number | undefined;
  /** The minutes of music that a guest may request in a period: `quota` is a number of minutes, not of requests. */
  readonly guestMinutes: RateLimit | undefined;
  /** The length in minutes at which an endless piece ends. */
  readonly endlessMinutes: number | undefined;
}
