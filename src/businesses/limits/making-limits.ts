// Defines the configured limits of generations and guests; undefined means no limit, except for `endlessMinutes`.
import type { RateLimit } from "../../ports/rate-limiter/rate-limiter.ts";

export interface MakingLimits {
  /** The maximum number of queued and running generations of one business. */
  readonly ofBusiness: number | undefined;
  /**
   * The maximum number of queued and running generations of all guests with the same address in a
   * business.
   */
  readonly ofAddress: number | undefined;
  /** The minutes of music per guest; `quota` counts minutes. */
  readonly guestMinutes: RateLimit | undefined;
  /** The length at which an endless piece ends; undefined: endless pieces are refused. */
  readonly endlessMinutes: number | undefined;
}
