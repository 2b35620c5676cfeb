// Defines the configured limits of generations and guests. A limit that is undefined doesn't apply.
// `endlessMinutes` is an exception: if `endlessMinutes` is undefined, endless pieces are refused.
import type { RateLimit } from "../../ports/rate-limiter/rate-limiter.ts";

export interface MakingLimits {
  /**
   * The maximum number of queued and running generations of one business. The business's own limit
   * (`concurrentGenerations`), if it is set, replaces this limit.
   */
  readonly ofBusiness: number | undefined;
  /**
   * The maximum number of queued and running generations of all guests of a business who have the
   * same IP address.
   */
  readonly ofAddress: number | undefined;
  /**
   * The minutes of music that a guest is allowed to request in a period. Here `quota` is a number
   * of minutes, not of requests.
   */
  readonly guestMinutes: RateLimit | undefined;
  /** The length in minutes at which an endless piece ends. */
  readonly endlessMinutes: number | undefined;
}
