// What the front door of a technology for the rate limiter offers.
import type { Technology } from "../technology.ts";
import type { RateLimiter } from "./rate-limiter.ts";

export interface OpenRateLimiterOptions {
  /** Errors of the background, which no caller gets. */
  readonly onError: (err: unknown) => void;
}

export type RateLimiterTechnology = Omit<
  Technology<OpenRateLimiterOptions, RateLimiter>,
  "example" | "faultOf" | "examine"
>;
